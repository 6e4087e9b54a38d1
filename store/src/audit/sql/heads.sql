SELECT job_id, done, seq, tip FROM skynet.heads
  WHERE job_id > $1 AND job_id <= $2 ORDER BY job_id LIMIT $3
