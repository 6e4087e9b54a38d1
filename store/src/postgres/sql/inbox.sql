-- Settled is what no transaction that still writes can come before.
SELECT i.shard, i.xid::text AS xid, i.pos, i.xid < pg_snapshot_xmin(pg_current_snapshot()) AS is_settled,
  i.job_id, i.kind, i.dedupe, i.body
FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::int[]) c (shard, xid, pos, n)
CROSS JOIN LATERAL (
  SELECT * FROM skynet.inbox x WHERE x.shard = c.shard AND (x.xid, x.pos) > (c.xid::xid8, c.pos)
  ORDER BY x.xid, x.pos LIMIT c.n) i
ORDER BY i.shard, i.xid, i.pos
