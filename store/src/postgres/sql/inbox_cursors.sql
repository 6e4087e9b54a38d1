SELECT shard, xid::text, pos FROM skynet.inbox_cursor WHERE shard = ANY ($1::smallint[]) ORDER BY shard
