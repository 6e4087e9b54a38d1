-- One whose owner takes up what begins there, if there is any.
SELECT s.shard FROM skynet.shards s
LEFT JOIN skynet.workers w ON w.worker_id = s.owner AND w.lease_until > clock_timestamp()
ORDER BY coalesce(w.is_guest, true), random() LIMIT 1
