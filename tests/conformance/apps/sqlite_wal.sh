# Four writers share a database in WAL mode.
. "$(dirname "$0")/lib.sh"
sqlite3 t.db 'PRAGMA journal_mode=WAL; CREATE TABLE t(w,i);' | grep -q wal
writers=()
for k in 1 2 3 4; do
  for i in $(seq 25); do
    echo "PRAGMA busy_timeout=60000; BEGIN IMMEDIATE; INSERT INTO t VALUES($k,$i); COMMIT;" |
      sqlite3 t.db >/dev/null
  done &
  writers+=($!)
done
for writer in "${writers[@]}"; do wait "$writer"; done
test "$(sqlite3 t.db 'select count(*),count(distinct w) from t')" = '100|4'
test "$(sqlite3 t.db 'pragma integrity_check')" = ok
sqlite3 t.db 'pragma wal_checkpoint(truncate); vacuum;'
test "$(sqlite3 t.db .dump | wc -l)" -ge 103
