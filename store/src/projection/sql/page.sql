SELECT e.xid::text, e.pos, e.job_id, e.seq, e.kind, e.body FROM skynet.events e
WHERE (e.xid, e.pos) > ($1::text::xid8, $2) AND (e.xid, e.pos) <= ($3::text::xid8, $4)
  AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY e.xid, e.pos LIMIT $5
