# The session of tools/demo: bash runs it inside umview.  What it prints is checked against
# demo_session.expected, its exit status by tools/demo.

# Shows a command as a terminal would, then runs it.
run() {
  echo "\$ $1"
  eval "$1"
}

run 'echo in a view'
run 'ls / | head -3'
run 'exit 7'
