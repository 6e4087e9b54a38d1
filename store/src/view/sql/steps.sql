SELECT step, instance, key, status, waits_for, (extract(epoch FROM until) * 1000)::bigint, attempts, provider, risk,
  subject, error_class, error, exit_code, child, reused_from, undo, asked, agreed, outputs, outputs_digest, log,
  log_bytes, (extract(epoch FROM started_at) * 1000)::bigint, (extract(epoch FROM ended_at) * 1000)::bigint, seq
FROM skynet.step_rows WHERE generation = (SELECT skynet.generation_of('step')) AND job_id = $1
ORDER BY started_at NULLS LAST, step, instance
