-- 1-2 the first and the last id that begin so; 3 how ids end, as a pattern; 4 their shard or none; 5 how many.
-- The shard says first what need not be made text.
SELECT job_id FROM skynet.heads WHERE job_id BETWEEN $1::uuid AND $2::uuid
UNION
SELECT job_id FROM skynet.heads
WHERE ($4::smallint IS NULL OR shard = $4) AND replace(job_id::text, '-', '') LIKE $3::text
ORDER BY job_id DESC LIMIT $5::int
