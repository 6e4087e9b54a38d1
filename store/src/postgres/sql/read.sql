SELECT seq, body FROM skynet.events WHERE job_id = $1::uuid AND seq > $2::int ORDER BY seq LIMIT $3::int
