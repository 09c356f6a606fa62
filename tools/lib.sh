# Sourced by the scripts of this directory, with the top of the tree as the working directory.

# Bazel needs a home; some CI systems have none.
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
export LC_ALL=C.UTF-8

# Only warnings, errors and the logs of failed tests; progress when somebody watches.
bazel_quiet=(--ui_event_filters=-info)
if [[ ! -t 2 ]]; then bazel_quiet+=(--noshow_progress --noshow_loading_progress); fi
