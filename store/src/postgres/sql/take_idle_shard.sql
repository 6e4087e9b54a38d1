-- One in which nothing lives, whoever owns it: the new epoch shuts the owner out, who has nothing to lose there.
UPDATE skynet.shards s SET owner = $1::bigint, epoch = s.epoch + 1
WHERE s.shard = (
  SELECT x.shard FROM skynet.shards x
  WHERE NOT EXISTS (SELECT FROM skynet.heads h WHERE h.shard = x.shard AND NOT h.done)
    AND NOT EXISTS (
      SELECT FROM skynet.workers w WHERE w.worker_id = x.owner AND w.is_guest AND w.lease_until > clock_timestamp())
  ORDER BY x.shard DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING s.shard, s.epoch
