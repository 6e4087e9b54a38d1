INSERT INTO skynet.cached_results AS r (key, job_id, made_at, body)
VALUES ($1::bytea, $2::uuid, to_timestamp($3::bigint / 1000.0), $4::bytea)
ON CONFLICT (key) DO UPDATE SET job_id = excluded.job_id, made_at = excluded.made_at, body = excluded.body
WHERE r.made_at <= excluded.made_at
