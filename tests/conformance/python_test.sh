#!/bin/bash
# python_test.sh UMVIEW ENGINE: CPython's own tests (libpython3.11-testsuite), natively and in a view.
. "$(dirname "$0")/lib.sh"
umview=$(readlink -f "$1") engine=$2

# The single cases of a module's log, as "module:class.case VERDICT".
cases() {
  local log name
  for log in "$1".d/*.log; do
    name=$(basename "$log" .log)
    grep -aE '^test[A-Za-z0-9_]* \(.*(\.\.\. (ok|FAIL|ERROR|skipped.*|expected failure))' "$log" |
      sed -E "s/^(test[A-Za-z0-9_]*) \(([^) ]*)\).*\.\.\. (ok|FAIL|ERROR|skipped|expected failure).*/$name:\2 \3/
              s/ ok$/ PASS/; s/ ERROR$/ FAIL/; s/ skipped$/ SKIP/; s/ expected failure$/ XFAIL/"
  done | sort -u >"$1.cases"
}

while read -r module; do
  command=(-- /usr/bin/python3.11 -m unittest -v "test.test_$module")
  if [[ $module == asyncio.* ]]; then command[-1]=test.test_asyncio.${module#asyncio.}; fi
  run "$work/native" "$module" "${command[@]}"
  run "$work/view" "$module" "$umview" --norc -q "--engine=$engine" "${command[@]}"
done <"$here/python_modules.txt"
cases "$work/native"
cases "$work/view"
# --partial: what a case writes may split the line of its verdict.
compare "$engine" view --cases --partial
