SELECT i.shard, i.xid::text AS transaction, i.pos, i.job_id, i.kind, i.dedupe, i.body
FROM unnest($1::smallint[], $2::text[], $3::bigint[]) c (shard, xid, pos)
CROSS JOIN LATERAL (
  SELECT * FROM skynet.inbox x WHERE x.shard = c.shard AND (x.xid, x.pos) > (c.xid::xid8, c.pos)
  ORDER BY x.xid, x.pos LIMIT $4::int) i
ORDER BY i.shard, i.xid, i.pos
