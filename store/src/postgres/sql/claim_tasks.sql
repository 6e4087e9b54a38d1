-- By the places of the rows, so that a plan that knows no numbers does not read the whole queue. The hint steps over
-- what is dead but not yet swept.
WITH claimed AS (
  DELETE FROM skynet.tasks WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM skynet.tasks WHERE queue = $1::smallint AND (priority, task_no) >= ($4::smallint, $5::bigint)
    ORDER BY priority, task_no LIMIT $3::int FOR UPDATE SKIP LOCKED))
  RETURNING *)
INSERT INTO skynet.task_leases (task_no, worker, queue, priority, shard, job_id, step, instance, attempt, body)
SELECT task_no, $2::bigint, queue, priority, shard, job_id, step, instance, attempt, body FROM claimed
RETURNING priority, task_no, job_id, step, instance, attempt, body
