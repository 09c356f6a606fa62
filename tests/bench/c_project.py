"""C programs for `make` to compile, the same in every run."""

_HEADER = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"

# What a source of an ordinary program does: parse, keep a table, sort, format. @ is a number.
_UNIT = r"""
struct entry@ { struct entry@* next; unsigned long key; char name[32]; double weight; };
static struct entry@* table@[64 + @];

static unsigned long hash@(const char* text) {
  unsigned long hash = 5381 + @;
  for (; *text != 0; ++text) hash = (hash << 5) + hash + (unsigned char)*text;
  return hash;
}

struct entry@* find@(const char* name, int make) {
  unsigned long key = hash@(name);
  struct entry@** at = &table@[key % (64 + @)];
  for (; *at != NULL; at = &(*at)->next)
    if ((*at)->key == key && strcmp((*at)->name, name) == 0) return *at;
  if (!make || (*at = calloc(1, sizeof(**at))) == NULL) return NULL;
  (*at)->key = key;
  strncpy((*at)->name, name, sizeof((*at)->name) - 1);
  return *at;
}

int parse@(const char* text, char* out, size_t size) {
  enum { START, WORD, NUMBER, QUOTED, ESCAPED } state = START;
  size_t used = 0;
  int items = 0;
  for (; *text != 0 && used + 2 < size; ++text) {
    switch (state) {
      case START:
        if (*text == '"') state = QUOTED;
        else if (*text >= '0' && *text <= '9') state = NUMBER, out[used++] = *text;
        else if (*text != ' ' && *text != '\t') state = WORD, out[used++] = *text;
        break;
      case WORD:
      case NUMBER:
        if (*text == ' ' || *text == ',') state = START, out[used++] = 0, ++items;
        else if (state == NUMBER && (*text < '0' || *text > '9')) return -@;
        else out[used++] = *text;
        break;
      case QUOTED:
        if (*text == '\\') state = ESCAPED;
        else if (*text == '"') state = START, out[used++] = 0, ++items;
        else out[used++] = *text;
        break;
      case ESCAPED:
        out[used++] = *text == 'n' ? '\n' : *text == 't' ? '\t' : *text;
        state = QUOTED;
        break;
    }
  }
  out[used] = 0;
  return items;
}

static int order@(const void* a, const void* b) {
  const struct entry@ *x = *(struct entry@* const*)a, *y = *(struct entry@* const*)b;
  if (x->weight != y->weight) return x->weight < y->weight ? 1 : -1;
  return strcmp(x->name, y->name);
}

void print@(FILE* out, int limit) {
  struct entry@* all[256];
  int count = 0;
  double sum = 0;
  for (size_t i = 0; i < sizeof(table@) / sizeof(*table@); ++i)
    for (struct entry@* at = table@[i]; at != NULL && count < 256; at = at->next) {
      sum += at->weight * (at->key % 7 + @);
      all[count++] = at;
    }
  qsort(all, (size_t)count, sizeof(*all), order@);
  for (int i = 0; i < count && i < limit; ++i)
    fprintf(out, "%-32s %10.3f %5.1f%%\n", all[i]->name, all[i]->weight, 100 * all[i]->weight / sum);
}
"""

_MAKEFILE = """\
OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))
main: $(OBJECTS)
\t$(CC) -o $@ $^
%.o: %.c
\t$(CC) -O2 -c -o $@ $<
"""


def _make(where, sources):
    where.mkdir()
    for name, text in sources.items():
        (where / name).write_text(_HEADER + text, encoding="ascii")
    (where / "main.c").write_text("int main(void) { return 0; }\n", encoding="ascii")
    (where / "Makefile").write_text(_MAKEFILE, encoding="ascii")


def ordinary(where, count=4, units=2):
    """`count` sources that take gcc about 90 ms each: little of it is system calls."""
    _make(where, {f"f{number}.c": "".join(_UNIT.replace("@", str(1 + number * units + unit))
                                          for unit in range(units))
                  for number in range(count)})


def tiny(where, count=24):
    """Sources of one line: nearly all that gcc does is look for its files."""
    _make(where, {f"f{number}.c": f'int f{number}(char* a) {{ return printf("%zu %d\\n", strlen(a), '
                                  "atoi(a)); }\n" for number in range(count)})
