-- Takes away all that 0002 made. What it was made of is in the log; the seals are lost.
DROP VIEW skynet.job, skynet.step, skynet.audit, skynet.artifact, skynet.provider;
COMMENT ON VIEW skynet.event IS NULL;
DROP TABLE skynet.job_rows, skynet.step_rows, skynet.artifact_rows, skynet.provider_rows, skynet.audit_rows,
  skynet.seals, skynet.seal_parts;
DROP FUNCTION skynet.tables_of(text), skynet.add_generation(text, int), skynet.drop_generation(text, int),
  skynet.has_generation(text, int), skynet.generation_of(text), skynet.day_of(uuid), skynet.seal_segment(text, bytea),
  skynet.json_of(text);
DELETE FROM skynet.checkpoints WHERE projection IN ('job', 'step', 'audit');
ALTER TABLE skynet.checkpoints DROP COLUMN fault;
