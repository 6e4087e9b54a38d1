-- Whether the server counts transactions from an earlier point than the log has reached, as after a dump was restored.
SELECT coalesce(
  (SELECT xid FROM skynet.events ORDER BY xid DESC, pos DESC LIMIT 1) >= pg_snapshot_xmax(pg_current_snapshot()),
  false)
