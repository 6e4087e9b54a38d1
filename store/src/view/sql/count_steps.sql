SELECT job_id, status, count(*), bool_or(waits_for IN ('people', 'verdict')) IS TRUE
FROM unnest($1::uuid[]) wanted (job_id) JOIN skynet.step_rows USING (job_id)
WHERE generation = (SELECT skynet.generation_of('step')) GROUP BY job_id, status
