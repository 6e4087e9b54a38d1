SELECT job_id, seq, kind, xid::text, pos, (extract(epoch FROM at) * 1000)::bigint, worker, hash, body
FROM skynet.events WHERE job_id > $1 AND job_id <= $2 ORDER BY job_id, seq
