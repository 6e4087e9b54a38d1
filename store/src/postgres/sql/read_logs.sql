SELECT no, floor(extract(epoch FROM at) * 1000)::bigint, stream, data FROM skynet.logs
WHERE job_id = $1::uuid AND step = $2::text AND instance = $3::int AND attempt = $4::int AND no > $5::int
ORDER BY no LIMIT $6::int
