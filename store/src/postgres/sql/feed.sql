-- All below the oldest transaction that still writes: nothing can come before it any more.
SELECT xid::text AS xid, pos, job_id, seq, body FROM skynet.events
WHERE (xid, pos) > ($1::text::xid8, $2::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xid, pos LIMIT $3::int
