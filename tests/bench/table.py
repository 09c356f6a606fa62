"""The results as Markdown, for the README."""

BEGIN, END = "<!-- tests/bench writes from here -->\n", "<!-- to here -->\n"


def _cell(value, native, unit):
    if value is None:
        return "-"
    ratio = f" ({value / native:.2f}x)" if native else ""
    return f"{value:.{0 if unit == 'ns' else 3}f}{ratio}"


def _rows(results, unit, modes):
    yield f"| {unit} | " + " | ".join(modes) + " |"
    yield "|---|" + "---:|" * len(modes)
    for name, by_mode in results.items():
        native = by_mode.get("native")
        cells = [_cell(by_mode.get(mode), native if mode != "native" else None, unit)
                 for mode in modes]
        yield f"| {name} | " + " | ".join(cells) + " |"


def markdown(results):
    lines = list(_rows(results["calls_ns"], "ns", results["modes"]))
    lines += ["", *_rows(results["workloads_s"], "s", results["modes"])]
    lines += ["", "| | |", "|---|---:|"]
    lines += [f"| {name} | {value} |" for name, value in results["other"].items()]
    return "\n".join(lines)


def insert(readme, results):
    """The README's text with these results between its marks."""
    head, rest = readme.split(BEGIN, maxsplit=1)
    tail = rest.split(END, maxsplit=1)[1]
    machine = (f"{results['date']}, Linux {results['kernel']}, {results['cpus']} CPUs, load "
               f"{results['load']:.1f} at the start; the fastest of the rounds; in parentheses: times "
               "native.\n\n")
    return head + BEGIN + "\n" + machine + markdown(results) + "\n\n" + END + tail
