#!/bin/bash
# The guest of motd reads the virtual file.
set -euo pipefail
got=$("$1")
[[ $got == "hello from umsdk" ]] || { echo "got: $got"; exit 1; }
