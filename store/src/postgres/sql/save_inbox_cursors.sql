UPDATE skynet.inbox_cursor c SET xid = i.xid::xid8, pos = i.pos
FROM unnest($2::smallint[], $3::text[], $4::bigint[]) i (shard, xid, pos) JOIN skynet.shards s USING (shard)
WHERE c.shard = i.shard AND s.owner = $1::bigint AND (c.xid, c.pos) < (i.xid::xid8, i.pos)
