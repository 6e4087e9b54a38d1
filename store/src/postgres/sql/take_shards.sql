-- The new epoch shuts the last owner out, whatever it still believes.
UPDATE skynet.shards s SET owner = $1::bigint, epoch = s.epoch + 1
WHERE s.shard IN (
  SELECT x.shard FROM skynet.shards x
  WHERE x.owner IS NULL
    OR NOT EXISTS (SELECT FROM skynet.workers w WHERE w.worker_id = x.owner AND w.lease_until > clock_timestamp())
  ORDER BY x.shard LIMIT $2::int FOR UPDATE SKIP LOCKED)
RETURNING s.shard, s.epoch
