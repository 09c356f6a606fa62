#!/bin/bash
# terminal_test.sh UMVIEW: a person at a terminal (tmux plays it) uses `umview bash`: keys that send
# signals, job control, a window that changes its size, a full-screen editor, gdb, make.
set -u
umview=$(readlink -f "$1")
readonly limit=${UM_LIVE_TIMEOUT:-30}

command -v tmux >/dev/null || { echo "tmux is not installed"; exit 1; }
work=$(mktemp -d /tmp/term.XXXXXX) || exit 125
terminal() { tmux -S "$work/socket" -f /dev/null "$@"; }
trap 'terminal kill-server 2>/dev/null; rm -rf "$work"' EXIT
# tmux runs commands with $SHELL or else with the login shell: a plain user's may be nologin, with which
# the server ends as soon as it begins.
export HOME=$work LC_ALL=C.UTF-8 TERM=xterm SHELL=/bin/sh
unset TMUX TMUX_PANE ENV BASH_ENV

screen() { terminal capture-pane -p -t view 2>/dev/null; }
type_line() { terminal send-keys -t view -l "$1" && terminal send-keys -t view Enter; }
key() { terminal send-keys -t view "$@"; }

# Waits until a line of the screen matches the extended regular expression.
see() {
  local end=$((SECONDS + limit))
  until screen | grep -qE -- "$1"; do
    if ((SECONDS > end)); then
      printf 'not seen within %s s: %s\nthe screen:\n' "$limit" "$1"
      screen
      exit 1
    fi
    read -r -t 0.05 <>"$work/never"
  done
  echo "seen: $1"
}

# run LINE EXPECTED: types LINE on an empty screen, so that what is seen is not an older answer.
step=0
run() {
  step=$((step + 1))
  terminal clear-history -t view
  type_line "clear; echo step:$step"
  see "^step:$step\$"
  type_line "$1"
  see "$2"
}

mkfifo "$work/never"
terminal new-session -d -x 80 -y 24 -s view \
  "UM_MARK=$work ${UM_LIVE_SHELL:-$umview --norc -q -- bash --norc}; echo view ended with \$?; read -r line"
terminal set-option -t view -g history-limit 100 >/dev/null
type_line "PS1='ready> '"
see '^ready>'

run 'tty | sed s/^/on:/; stty size | sed s/^/size:/' '^size:24 80'
see '^on:/dev/pts/'

# Ctrl-C ends the foreground job only. (exec: a shell that is just starting a child may miss it.)
run 'sh -c "trap \"\" TERM; echo started; exec sleep 1000"' '^started'
key C-c
type_line 'echo status:$?'
see '^status:130'

# Ctrl-Z stops it, fg and bg take it up again.
run 'sh -c "echo started; read line; echo got:\$line"' '^started'
key C-z
see 'Stopped'
run 'fg' '^sh -c'
type_line 'again'
see '^got:again'
run 'sleep 1000 & jobs %%' 'Running'
run 'kill -STOP %% ; wait %% ; jobs' 'Stopped'
run 'bg; jobs; kill %%; wait %%; echo killed:$?' '^killed:143'

# A program that writes while it is in the background of a terminal with tostop.
run 'stty tostop; (echo from the background) & wait $!; echo stopped:$?' '^stopped:150'
run 'stty -tostop; fg' '^from the background'

# The window's size.
run 'trap "echo resized:\$(stty size)" WINCH; echo trapped:$?' '^trapped:0'
terminal resize-window -t view -x 100 -y 30
key Enter
see 'resized:30 100'

run 'read -r -s -p "secret? " answer' '^secret\?'
type_line 'xyzzy'
run 'echo answer:$answer' '^answer:xyzzy'

# A full-screen editor, suspended in between.
if command -v vi >/dev/null; then
  cd "$work" || exit 1
  run "vi -u NONE -N $work/text" '^~'
  key i
  type_line 'hello from vi'
  key Escape
  see '^hello from vi'
  key C-z
  see 'Stopped'
  see '^ready>$'
  run 'echo suspended' '^suspended'
  type_line fg
  see '^~'
  key Escape
  type_line ':wq'
  see '^ready>$'
  run "cat $work/text" '^hello from vi'
fi

# A debugger is interrupted and goes on.
cat >"$work/loop.c" <<'C'
#include <unistd.h>
volatile int stop;
int main(void) { if (write(1, "looping\n", 8) != 8) return 1; while (!stop) { } return 9; }
C
run "make -s -j4 -C $work CFLAGS=-g loop && echo built" '^built'
run "gdb -nx -q $work/loop" '^\(gdb\)'
type_line 'set debuginfod enabled off'
type_line 'run'
see '^looping'
key C-c
see 'SIGINT'
type_line 'set var stop=1'
type_line 'continue'
see 'exited with code 011'
type_line 'quit'
see '^ready>$'

run "git init -q $work/r && git -C $work/r status && echo git:\$?" '^git:0'
run "python3 -c 'import os; print(\"tty:\", os.isatty(0), os.getpgrp() == os.tcgetpgrp(0))'" \
  '^tty: True True'

# The end of the shell is the end of the view, with its status; a stopped job does not hold it up.
run 'sleep 1000 & kill -STOP $!; echo left behind' '^left behind'
type_line 'exit 5'
type_line 'exit 5'
see 'view ended with 5'
if left=$(grep -lzxF "UM_MARK=$work" /proc/[0-9]*/environ 2>/dev/null); then
  echo "processes are left behind: $left"
  exit 1
fi
echo "all seen"
