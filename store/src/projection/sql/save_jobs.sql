INSERT INTO skynet.job_rows AS old (generation, job_id, seq, workflow, plan, state, stopping, paused_by, cause,
  submitter, door, mock, parent, parent_step, forked_from, forked_at, undo, params, outputs, created_at, started_at,
  ended_at, changed_at)
SELECT $1, job_id, seq, workflow, plan, state, stopping, paused_by, cause, submitter, door, mock, parent, parent_step,
  forked_from, forked_at, undo, params, outputs, 'epoch'::timestamptz + created * interval '1 ms',
  'epoch'::timestamptz + started * interval '1 ms', 'epoch'::timestamptz + ended * interval '1 ms',
  'epoch'::timestamptz + changed * interval '1 ms'
FROM unnest($2::uuid[], $3::int[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::boolean[], $13::uuid[], $14::text[], $15::uuid[], $16::int[], $17::text[],
  $18::text[], $19::text[], $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[])
  new (job_id, seq, workflow, plan, state, stopping, paused_by, cause, submitter, door, mock, parent, parent_step,
    forked_from, forked_at, undo, params, outputs, created, started, ended, changed)
ON CONFLICT (generation, job_id) DO UPDATE SET seq = excluded.seq, state = excluded.state,
  stopping = excluded.stopping, paused_by = excluded.paused_by, cause = excluded.cause, undo = excluded.undo,
  outputs = excluded.outputs, started_at = excluded.started_at, ended_at = excluded.ended_at,
  changed_at = excluded.changed_at
WHERE old.seq < excluded.seq
