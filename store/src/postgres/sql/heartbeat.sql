-- No row: the lease was over, and this worker is dead to the others.
UPDATE skynet.workers SET lease_until = clock_timestamp() + $2::bigint * interval '1 ms'
WHERE worker_id = $1::bigint AND lease_until > clock_timestamp() RETURNING worker_id
