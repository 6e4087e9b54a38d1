SELECT j.job_id, j.workflow, j.plan, j.state, j.stopping, j.paused_by, j.cause, j.submitter, j.door, j.mock, j.parent,
  j.parent_step, j.forked_from, j.forked_at, j.undo, j.params, j.outputs,
  (extract(epoch FROM j.created_at) * 1000)::bigint, (extract(epoch FROM j.started_at) * 1000)::bigint,
  (extract(epoch FROM j.ended_at) * 1000)::bigint, (extract(epoch FROM j.changed_at) * 1000)::bigint, j.seq
FROM skynet.job_rows j WHERE j.generation = (SELECT skynet.generation_of('job'))
