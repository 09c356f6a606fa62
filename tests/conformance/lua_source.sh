#!/bin/bash
# lua_source.sh DIRECTORY: the upstream source of Debian's lua5.4, from the machine's own package
# sources, which are left alone.
set -euo pipefail
readonly to=$1
apt=$(mktemp -d "${TMPDIR:-/tmp}/apt.XXXXXX")
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts" "$to"
for file in /etc/apt/sources.list.d/*.sources; do
  if [[ -f $file ]]; then sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt/parts/${file##*/}"; fi
done
if [[ -f /etc/apt/sources.list ]]; then
  sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt/parts/main.list"
fi
options=(-qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/parts"
  -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
cd "$apt"
apt-get "${options[@]}" update
apt-get "${options[@]}" source --download-only lua5.4
tar xf "$apt"/lua5.4_*.orig.tar.* -C "$to" --strip-components=1
