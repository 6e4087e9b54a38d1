SELECT shard, epoch FROM skynet.shards WHERE owner = $1::bigint ORDER BY shard
