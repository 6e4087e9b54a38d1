INSERT INTO skynet.workers (host, pid, labels, lease_until)
VALUES ($1::text, $2::int, $3::text[], clock_timestamp() + $4::bigint * interval '1 ms') RETURNING worker_id
