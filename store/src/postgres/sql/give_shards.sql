-- Waits for appends in flight, which hold the rows.
UPDATE skynet.shards SET owner = NULL WHERE owner = $1::bigint AND shard = ANY ($2::smallint[])
