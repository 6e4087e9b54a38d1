SELECT DISTINCT ON (job_id, step, instance) job_id, step, instance, did
FROM unnest($2::uuid[]) w (job_id) JOIN skynet.audit_rows USING (job_id)
WHERE generation = $1 AND did IN ('unknown', 'settled', 'skipped') ORDER BY job_id, step, instance, seq DESC
