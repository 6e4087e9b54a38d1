-- Whoever lost the lease completes nothing.
WITH ended AS (
  DELETE FROM skynet.task_leases l USING unnest($1::bigint[], $2::smallint[], $3::bytea[]) i (task_no, kind, body)
  WHERE l.task_no = i.task_no AND l.worker = $4::bigint
  RETURNING l.task_no, l.shard, l.job_id, i.kind, i.body)
INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body)
SELECT shard, job_id, kind, lpad(to_hex(task_no), 32, '0')::uuid, body FROM ended RETURNING dedupe
