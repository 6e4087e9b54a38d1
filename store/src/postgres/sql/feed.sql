-- All below the oldest transaction that still writes: nothing can come before it any more. The order is by the columns
-- of the table, for the text of a transaction would be ordered as text.
SELECT e.xid::text AS transaction, e.pos, e.job_id, e.seq, e.body FROM skynet.events e
WHERE (e.xid, e.pos) > ($1::text::xid8, $2::bigint) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY e.xid, e.pos LIMIT $3::int
