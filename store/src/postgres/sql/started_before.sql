-- What became of a job that was not begun: the job that has its key, where its own stream ends, and whether its first
-- event is the very one, because an earlier try was not refused and only its answer was lost.
SELECT
  (SELECT job_id FROM skynet.idempotency WHERE scope = 1 AND key_hash = $2::uuid) AS key_has,
  coalesce((SELECT seq FROM skynet.heads WHERE job_id = $1::uuid), 0) AS seq,
  EXISTS (SELECT FROM skynet.events WHERE job_id = $1 AND seq = 1 AND hash = $3::bytea) AS is_there
