# Sourced by the tests of this directory. A suite is a function that prints the words of the command for
# a name, one a line; each name is run natively and in views, and the verdicts are compared.
set -u
here=$(readlink -f "$(dirname "$0")")
readonly here limit=${UM_CONFORMANCE_TIMEOUT:-240}
export LC_ALL=C.UTF-8
unset PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE

work=$(mktemp -d "${TMPDIR:-/tmp}/conformance.XXXXXX") || exit 125
readonly work
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"

# run RESULTS NAME PREFIX... -- COMMAND...: one program, in a directory of its own; adds "NAME VERDICT".
run() {
  local results=$1 name=$2 status=0 verdict
  shift 2
  local prefix=()
  while [[ $1 != -- ]]; do prefix+=("$1") && shift; done
  shift
  local dir=$work/run log=$results.d/$name.log
  mkdir -p "$dir" "$results.d"
  (cd "$dir" && HOME=$dir TMPDIR=$dir "$here/private_namespaces.sh" timeout -k 5 "$limit" \
    "${prefix[@]}" "$@") </dev/null >"$log" 2>&1 || status=$?
  case $status in
    0) verdict=PASS ;;
    3 | 4 | 5 | 77) verdict=SKIP ;;
    124 | 137) verdict=TIMEOUT ;;
    *) verdict=FAIL ;;
  esac
  if grep -q '^stress-ng: fail:' "$log"; then verdict=FAIL; fi
  if grep -q 'skipped: 1\|skipping stressor' "$log"; then verdict=SKIP; fi
  echo "$name $verdict" >>"$results"
  rm -rf --one-file-system "$dir"
}

# compare ENGINE PLACE [OPTION...]: 0 when all that passed natively passed in $work/PLACE, save what
# differences.txt names.
compare() {
  local engine=$1 place=$2 name verdict
  shift 2
  awk -v e="$engine" -v p="$place" '/^[^#]/ && ($1 == "*" || $1 == e) && ($2 == "*" || $2 == p) {print $3}' \
    "$here/differences.txt" >"$work/differences"
  if "$here/diff_results.py" "$work/native" "$work/$place" --flaky "$work/differences" "$@"; then
    return 0
  fi
  while read -r name verdict; do
    if [[ $verdict == PASS ]] || ! grep -qxF "$name PASS" "$work/native"; then continue; fi
    echo "--- $place: $name"
    tail -n 30 "$work/$place.d/$name.log"
  done <"$work/$place"
  return 1
}
