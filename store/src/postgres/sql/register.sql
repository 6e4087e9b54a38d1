INSERT INTO skynet.workers (host, pid, labels, is_guest, lease_until)
VALUES ($1::text, $2::int, $3::text[], $4::boolean, clock_timestamp() + $5::bigint * interval '1 ms') RETURNING worker_id
