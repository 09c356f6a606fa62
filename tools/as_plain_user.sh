#!/bin/bash
# as_plain_user.sh TEST [ARG...]: runs a Bazel test as uid 65534 without privileges, for
#   bazel test --run_under=//tools:as_plain_user --test_tag_filters=both_users //...
# A plain user may not look into root's build directory, so the test runs from a copy of its
# runfiles, in a directory whose name is short enough for Unix sockets.
set -euo pipefail
readonly uid=65534

# The test's program may be named relative to the runfiles directory that is current now.
program=$1
shift
source_root=$(readlink -f "${TEST_SRCDIR:?}")
if [[ $program == "$TEST_SRCDIR"/* ]]; then program=${program#"$TEST_SRCDIR/"}; fi
if [[ $program == "$source_root"/* ]]; then program=${program#"$source_root/"}; fi
if [[ $program != /* && -e $PWD/$program ]]; then program=${PWD#"$source_root/"}/$program; fi
if [[ ! -e $source_root/$program ]]; then
  echo "as_plain_user.sh: $program is not below $source_root" >&2
  exit 1
fi

if [[ $(id -u) != 0 ]]; then
  exec "$source_root/$program" "$@"
fi

dir=$(mktemp -d /tmp/plain.XXXXXX)
trap 'rm -rf --one-file-system "$dir"' EXIT
# A time-out signals the whole process group: the test ends first, then this trap runs.
trap 'exit 143' TERM INT

cp -rL "$source_root" "$dir/runfiles"
mkdir "$dir/tmp"
chmod -R go+rX "$dir/runfiles"
chmod 755 "$dir"
chown $uid:$uid "$dir/tmp"

xml=${XML_OUTPUT_FILE:-}
export TEST_SRCDIR=$dir/runfiles RUNFILES_DIR=$dir/runfiles TEST_TMPDIR=$dir/tmp TMPDIR=$dir/tmp
export HOME=$dir/tmp USER=nobody LOGNAME=nobody XML_OUTPUT_FILE=$dir/tmp/test.xml
export UMSDK_TEST_USER=plain
# These name files that only root may write.
unset JAVA_RUNFILES PYTHON_RUNFILES RUNFILES_MANIFEST_FILE TEST_INFRASTRUCTURE_FAILURE_FILE \
  TEST_LOGSPLITTER_OUTPUT_FILE TEST_PREMATURE_EXIT_FILE TEST_SHARD_STATUS_FILE \
  TEST_UNDECLARED_OUTPUTS_ANNOTATIONS_DIR TEST_UNDECLARED_OUTPUTS_DIR \
  TEST_UNUSED_RUNFILES_LOG_FILE TEST_WARNINGS_OUTPUT_FILE

cd "$dir/runfiles/${TEST_WORKSPACE:-umsdk}"
# Not in the background: the shell would make it ignore SIGINT.
status=0
setpriv --reuid=$uid --regid=$uid --clear-groups --inh-caps=-all --ambient-caps=-all -- \
  "$dir/runfiles/$program" "$@" || status=$?
if [[ -n $xml && -s $dir/tmp/test.xml ]]; then cp "$dir/tmp/test.xml" "$xml"; fi
exit "$status"
