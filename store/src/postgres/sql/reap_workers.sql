DELETE FROM skynet.workers
WHERE lease_until < clock_timestamp() - $1::bigint * interval '1 ms' RETURNING worker_id
