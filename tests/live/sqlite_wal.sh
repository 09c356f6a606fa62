# Two writers and a reader share a database in WAL mode.
. "$(dirname "$0")/lib.sh"
readonly rows=20
same "$(sqlite3 t.db 'PRAGMA journal_mode=WAL; CREATE TABLE t(writer, i);')" wal

write() {
  local i
  for i in $(seq $rows); do
    printf 'PRAGMA busy_timeout=60000;\nBEGIN IMMEDIATE;\nINSERT INTO t VALUES(%s, %s);\nCOMMIT;\n' \
      "$1" "$i" | sqlite3 -bail t.db >/dev/null
  done
}
write 1 &
first=$!
write 2 &
second=$!
sqlite3 t.db 'select count(*) from t' >/dev/null
wait $first
wait $second
same "$(sqlite3 t.db 'select count(*), count(distinct writer) from t')" "$((2 * rows))|2"
same "$(sqlite3 t.db 'pragma integrity_check')" ok

# One writer that stays, so that the log and its shared memory outlive the others.
coproc keeper { sqlite3 -bail t.db; }
echo "INSERT INTO t VALUES(3, 1); SELECT 'in';" >&"${keeper[1]}"
read -r line <&"${keeper[0]}"
same "$line" in
test -s t.db-wal -a -s t.db-shm
same "$(sqlite3 t.db 'select count(*) from t where writer = 3')" 1
eval "exec ${keeper[1]}>&-"
wait "$keeper_PID"
sqlite3 t.db 'pragma wal_checkpoint(truncate); vacuum;'
same "$(sqlite3 t.db .dump | grep -c INSERT)" "$((2 * rows + 1))"
test ! -e t.db-wal
