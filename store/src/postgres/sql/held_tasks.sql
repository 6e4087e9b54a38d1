SELECT priority, task_no, job_id, step, instance, attempt, body FROM skynet.task_leases
WHERE queue = $1::smallint AND worker = $2::bigint ORDER BY priority, task_no
