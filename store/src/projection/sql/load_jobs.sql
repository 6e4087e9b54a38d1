SELECT job_id, seq, workflow, plan, state, stopping, paused_by, cause, submitter, door, mock, parent, parent_step,
  forked_from, forked_at, undo, params, outputs, (extract(epoch FROM created_at) * 1000)::bigint,
  (extract(epoch FROM started_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint,
  (extract(epoch FROM changed_at) * 1000)::bigint
FROM unnest($2::uuid[]) wanted (job_id) JOIN skynet.job_rows USING (job_id) WHERE generation = $1
