INSERT INTO skynet.step_rows AS old (generation, job_id, step, instance, seq, key, status, waits_for, until, begun,
  attempts, provider, risk, subject, error_class, error, exit_code, child, reused_from, undo, asked, agreed, outputs,
  outputs_digest, log, log_bytes, started_at, ended_at)
SELECT $1, job_id, step, instance, seq, key, status, waits_for, 'epoch'::timestamptz + until * interval '1 ms', begun,
  attempts, provider, risk, subject, error_class, error, exit_code, child, reused_from, undo, asked, agreed, outputs,
  outputs_digest, log, log_bytes, 'epoch'::timestamptz + started * interval '1 ms',
  'epoch'::timestamptz + ended * interval '1 ms'
FROM unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::bigint[],
  $10::boolean[], $11::int[], $12::text[], $13::text[], $14::bytea[], $15::text[], $16::text[], $17::bigint[],
  $18::uuid[], $19::uuid[], $20::text[], $21::text[], $22::int[], $23::text[], $24::bytea[], $25::bytea[],
  $26::bigint[], $27::bigint[], $28::bigint[])
  new (job_id, step, instance, seq, key, status, waits_for, until, begun, attempts, provider, risk, subject,
    error_class, error, exit_code, child, reused_from, undo, asked, agreed, outputs, outputs_digest, log, log_bytes,
    started, ended)
ON CONFLICT (generation, job_id, step, instance) DO UPDATE SET seq = excluded.seq, key = excluded.key,
  status = excluded.status, waits_for = excluded.waits_for, until = excluded.until, begun = excluded.begun,
  attempts = excluded.attempts, provider = excluded.provider, risk = excluded.risk, subject = excluded.subject,
  error_class = excluded.error_class, error = excluded.error, exit_code = excluded.exit_code,
  child = excluded.child, reused_from = excluded.reused_from, undo = excluded.undo, asked = excluded.asked,
  agreed = excluded.agreed, outputs = excluded.outputs, outputs_digest = excluded.outputs_digest,
  log = excluded.log, log_bytes = excluded.log_bytes, started_at = excluded.started_at, ended_at = excluded.ended_at
WHERE old.seq < excluded.seq
