SELECT job_id, seq, kind, shard, xid::text, pos, hash, body FROM skynet.events
WHERE job_id > $1 AND job_id <= $2 ORDER BY job_id, seq
