SELECT job_id FROM skynet.heads ORDER BY job_id DESC LIMIT $1::int
