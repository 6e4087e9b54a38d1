-- Each lease without a worker becomes one row for the job's owner, who decides what follows.
WITH lost AS (
  DELETE FROM skynet.task_leases WHERE task_no IN (
    SELECT x.task_no FROM skynet.task_leases x
    WHERE x.until < clock_timestamp()
      OR NOT EXISTS (SELECT FROM skynet.workers w WHERE w.worker_id = x.worker)
    ORDER BY x.task_no LIMIT $1::int FOR UPDATE SKIP LOCKED)
  RETURNING *)
INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body)
SELECT shard, job_id, 99, lpad(to_hex(task_no), 32, '0')::uuid,
  convert_to(jsonb_build_object('step', step, 'instance', instance, 'attempt', attempt, 'worker', worker)::text, 'UTF8')
FROM lost RETURNING dedupe
