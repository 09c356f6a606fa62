#!/bin/bash
# Runs one guest test on the bare kernel or in a view:
#   run_guest.sh ENGINE FS UMVIEW GUEST [ARG]...
#   ENGINE  native, notify or ptrace
#   FS      a file system type for UM_TEST_FS (umramfs: service ramfs), or - for none
#   UMVIEW  the umview program (not looked at when ENGINE is native)
#
# The environment of the guest: UM_ENGINE, UM_TEST_FS, UM_CAN_USERNS, TMPDIR=/tmp.
# UM_HOST_NOFILE: our limits of descriptors. UM_TEST_UID=N in ours: root runs the test as user N.
# UM_GUEST_TIMEOUT: seconds (three quarters of what the test may take).
#
# A test that hangs is dumped: what every process of it waits for, in the kernel's words. A test
# that leaves a process behind fails, whatever its own result was.
set -u

readonly engine=$1 fs=$2 umview=$3
shift 3
readonly limit=${UM_GUEST_TIMEOUT:-$((${TEST_TIMEOUT:-60} * 3 / 4))} mark=UM_GUEST_MARK=$$.$RANDOM.$RANDOM
work=$(mktemp -d /tmp/guest.XXXXXX) || exit 125
readonly work
trap 'rm -rf "$work"' EXIT

# The processes that carry the mark in their environment, wherever they hang in the tree.
marked() {
  local file
  for file in $(grep -lzxF -- "$mark" /proc/[0-9]*/environ 2>/dev/null); do
    file=${file#/proc/}
    echo "${file%/environ}"
  done
}

# Those, and the descendants of this shell: they may run without an environment.
guests() {
  { marked; descendants "$$"; } | sort -nu
}

descendants() {
  local child
  for child in $(cat "/proc/$1"/task/*/children 2>/dev/null); do
    # The watchdog itself and what it runs are no part of the test.
    [[ $child == "$watchdog" ]] && continue
    echo "$child"
    descendants "$child"
  done
}

dump() {
  local pid=$1 task
  echo "--- $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
  grep -E '^(Name|State|Tgid|PPid|TracerPid|Uid|SigPnd|ShdPnd|SigBlk|Seccomp):' \
    "/proc/$pid/status" | tr '\n' ' '
  echo
  for task in "/proc/$pid/task"/*; do
    echo "  ${task##*/} wchan $(cat "$task/wchan") syscall $(cat "$task/syscall")"
    sed 's/^/      /' "$task/stack"
  done
}

# Reads until this shell closes the other end. When that does not happen in time: dump and kill.
watch() {
  local watchdog=$BASHPID pid
  read -r -t "$limit" && return
  (($? > 128)) || return
  echo "run_guest: no end after $limit s; this is what the test waits for:"
  for pid in $(guests); do dump "$pid" 2>/dev/null; done
  : >"$work/timed_out"
  until [[ -z $(guests) ]]; do
    for pid in $(guests); do kill -KILL "$pid" 2>/dev/null; done
  done
}

# Waits until no process of the test is left, at most 5 s (what was killed may take a moment).
left_behind() {
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    [[ -z $(marked) ]] && return 1
    sleep 0.05
  done
}

UM_HOST_NOFILE="$(ulimit -Sn) $(ulimit -Hn)"
export TMPDIR=/tmp UM_ENGINE=$engine UM_HOST_NOFILE
unset UM_TEST_FS
[[ $fs == - ]] || export UM_TEST_FS=$fs
as_user=()
if [[ -n ${UM_TEST_UID:-} && $EUID -eq 0 && $UM_TEST_UID != 0 ]]; then
  as_user=(setpriv --reuid="$UM_TEST_UID" --regid="$UM_TEST_UID" --clear-groups --)
  chmod 755 "$work"
  # The test's own directories belong to root: the results are written aside, and copied.
  result=${XML_OUTPUT_FILE:-}
  mkdir -m 777 "$work/out"
  [[ -z $result ]] || export XML_OUTPUT_FILE=$work/out/test.xml
  unset TEST_PREMATURE_EXIT_FILE TEST_SHARD_STATUS_FILE
  export HOME=/ TEST_TMPDIR=/tmp
fi
UM_CAN_USERNS=$("${as_user[@]}" unshare --user true 2>/dev/null && echo 1 || echo 0)
export UM_CAN_USERNS

# It is the supervisor that the sanitizers watch. In a guest the leak checker would ptrace it at its
# end, and the rest would change what signals do.
guest_options=detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0
guest_options+=:handle_abort=0:detect_stack_use_after_return=0
command=(env "ASAN_OPTIONS=${ASAN_OPTIONS:-}:$guest_options" "$@")
[[ -n ${UMSDK_SANITIZED:-} ]] || command=("$@")
if [[ $engine != native ]]; then
  view=("$umview" "--engine=$engine")
  [[ $fs == - ]] || view+=(-p "${fs#um}")
  command=("${view[@]}" -- "${command[@]}")
fi

exec {life}> >(watch >&2)
env "$mark" "${as_user[@]}" "${command[@]}" {life}>&- </dev/null
status=$?
exec {life}>&-

if [[ -n ${result:-} && -f $work/out/test.xml ]]; then cp "$work/out/test.xml" "$result"; fi
if [[ -e $work/timed_out ]]; then
  echo "run_guest: FAILED: timed out after $limit s" >&2
  exit 124
fi
if left_behind; then
  echo "run_guest: FAILED: the test left processes behind:" >&2
  for pid in $(marked); do
    dump "$pid" 2>/dev/null
    kill -KILL "$pid" 2>/dev/null
  done >&2
  exit 1
fi
exit "$status"
