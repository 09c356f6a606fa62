#!/bin/sh
echo "bazel coverage needs a download; use --copt=--coverage --linkopt=--coverage and gcovr" >&2
exit 1
