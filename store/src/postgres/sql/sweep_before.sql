-- The oldest job that lives, or now, and before that as long as is asked for. The time of a job is the first twelve
-- digits of its id, in milliseconds.
SELECT (least(now(), (
    SELECT to_timestamp(('x' || left(replace(h.job_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
    FROM skynet.heads h WHERE NOT h.done ORDER BY h.job_id LIMIT 1))
  - $1::bigint * interval '1 ms')::text
