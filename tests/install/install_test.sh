#!/bin/bash
# install_test.sh INSTALL TAR UNINSTALL SOURCE_DIR: installs, moves the installation, builds programs
# and plug-ins against it outside of the tree, runs them, uninstalls.  Each step is a test case.
set -uo pipefail
install=$(readlink -f "$1")
tar=$(readlink -f "$2")
uninstall=$(readlink -f "$3")
sources=$(dirname "$(readlink -f "$4")")

work=$(mktemp -d /tmp/umsdk_install.XXXXXX)
trap 'rm -rf "$work"' EXIT
prefix=$work/moved
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH= TMPDIR=$work
warnings=(-Wall -Wextra -Werror)
cases=
failures=0

# check NAME COMMAND...: one test case.
check() {
  local name=$1 status=0
  shift
  "$@" >"$work/log" 2>&1 || status=$?
  if [[ $status == 0 ]]; then
    echo "ok     $name"
    cases+="<testcase classname=\"install\" name=\"$name\"/>"
  else
    echo "FAILED $name (status $status): $*"
    sed 's/^/    /' "$work/log"
    failures=$((failures + 1))
    cases+="<testcase classname=\"install\" name=\"$name\"><failure message=\"status $status\"/></testcase>"
  fi
}

install_and_move() {
  "$install" "$tar" "$work/first" && mv "$work/first" "$prefix"
}

files_are_there() {
  local file
  for file in bin/{umview,um_doctor,um_mount,um_umount,um_{add,del,lock,ls,mov}_service} lib/libumsdk{,-admin}.so.1 lib/libumsdk.so \
    lib/libumsdk_testing.a lib/pkgconfig/umsdk.pc lib/cmake/umsdk/umsdkConfig.cmake \
    include/umsdk-1/umsdk/{umsdk,service,supervisor,plugin}.h share/man/man1/umview.1 \
    share/bash-completion/completions/umview; do
    test -e "$prefix/$file" || { echo "missing: $file"; return 1; }
  done
  readelf -d "$prefix/lib/libumsdk.so" | grep -F 'SONAME' | grep -F '[libumsdk.so.1]'
}

versions_agree() {
  local version
  version=$(pkg-config --modversion umsdk) && "$prefix/bin/umview" --version | tee /dev/stderr |
    grep -qxF "umview $version"
}

# Every installed header must find all that it includes in the installation.
headers_compile_alone() {
  local header
  (cd "$prefix/include/umsdk-1" && find . -name '*.h') | sort | while read -r header; do
    echo "#include \"${header#./}\"" |
      g++ -std=c++20 "${warnings[@]}" -fsyntax-only -x c++ $(pkg-config --cflags umsdk) - || return 1
  done
}

programs_find_their_library() {
  local program
  for program in "$prefix"/bin/*; do
    ldd "$program"
    if ldd "$program" | grep 'not found'; then return 1; fi
    # The library must be the installation's, if the program needs it.
    if ldd "$program" | grep -F libumsdk.so | grep -vF "$prefix/"; then return 1; fi
  done
}

compile() {
  g++ -std=c++20 "${warnings[@]}" "$@" $(pkg-config --cflags --libs umsdk)
}

by_pkg_config() {
  compile "$sources/motd.cc" -o "$work/motd" -Wl,-rpath,"$prefix/lib" && says_hello "$work/motd"
}

by_cmake() {
  mkdir -p "$work/source" && cp "$sources"/{motd.cc,plugin.cc,kit.cc,CMakeLists.txt} "$work/source" &&
    cmake -S "$work/source" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" &&
    cmake --build "$work/build" && says_hello "$work/build/motd" && "$work/build/kit"
}

test_kit_by_pkg_config() {
  g++ -std=c++20 "${warnings[@]}" "$sources/kit.cc" -o "$work/kit" -Wl,-rpath,"$prefix/lib" \
    $(pkg-config --cflags --libs umsdk-testing gmock_main) && "$work/kit"
}

says_hello() {
  local output
  output=$("$1") && echo "$output" && [[ $output == "hello from umsdk" ]]
}

plugin_is_loaded() {
  local output
  compile -shared -fPIC -Wl,-z,defs "$sources/plugin.cc" -o "$work/greeting.so" || return
  output=$("$prefix/bin/umview" -p "$work/greeting.so,good day" -- cat /etc/greeting)
  echo "$output"
  [[ $output == "greeting: good day" ]]
}

cmake_plugin_is_loaded() {
  [[ $("$prefix/bin/umview" -p "$work/build/libplugin.so,x" -- cat /etc/greeting) == "greeting: x" ]]
}

# refused FILE PATTERN: umview ends with 125, says why, and does not start the command.
refused() {
  local output status=0
  output=$("$prefix/bin/umview" -p "$1" -- echo started 2>&1) || status=$?
  echo "status $status: $output"
  [[ $status == 125 && $output != *started* ]] && grep -qiE "$2" <<<"$output"
}

wrong_abi_is_refused() {
  compile -shared -fPIC -DWRONG_ABI "$sources/plugin.cc" -o "$work/wrong.so" &&
    refused "$work/wrong.so,x" 'abi'
}

not_a_plugin_is_refused() {
  echo 'int x;' | g++ -shared -fPIC -x c++ - -o "$work/empty.so" &&
    refused "$work/empty.so" 'umsdk_plugin'
}

# The error that Create returned is what the user reads.
failing_plugin_is_refused() {
  refused "$work/greeting.so" 'which text'
}

second_install_replaces_the_first() {
  touch "$prefix/lib/libumsdk.so.0" && echo lib/libumsdk.so.0 >>"$prefix/lib/umsdk/installed" &&
    "$install" "$tar" "$prefix" && [[ ! -e $prefix/lib/libumsdk.so.0 ]] && files_are_there
}

# What was not installed by us stays, all else goes.
uninstall_leaves_nothing() {
  touch "$prefix/bin/other" && "$uninstall" "$prefix" &&
    [[ $(cd "$prefix" && find . -mindepth 1 | sort | xargs) == "./bin ./bin/other" ]]
}

uninstall_twice_is_an_error() {
  ! "$uninstall" "$prefix"
}

for name in install_and_move files_are_there programs_find_their_library versions_agree \
  headers_compile_alone by_pkg_config by_cmake test_kit_by_pkg_config plugin_is_loaded \
  cmake_plugin_is_loaded wrong_abi_is_refused not_a_plugin_is_refused failing_plugin_is_refused \
  second_install_replaces_the_first uninstall_leaves_nothing uninstall_twice_is_an_error; do
  check "$name" "$name"
done
if [[ -n ${XML_OUTPUT_FILE:-} ]]; then
  echo "<testsuites><testsuite name=\"install\">$cases</testsuite></testsuites>" >"$XML_OUTPUT_FILE"
fi
[[ $failures == 0 ]]
