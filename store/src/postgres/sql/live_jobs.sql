SELECT job_id FROM skynet.heads WHERE shard = ANY ($1::smallint[]) AND NOT done ORDER BY job_id
