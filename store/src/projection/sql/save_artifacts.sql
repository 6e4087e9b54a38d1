INSERT INTO skynet.artifact_rows AS old (generation, job_id, step, instance, attempt, name, seq, sha256, size,
  media_type, path, at)
SELECT DISTINCT ON (job_id, step, instance, attempt, name) $1, job_id, step, instance, attempt, name, seq, sha256,
  size, media_type, path, 'epoch'::timestamptz + at * interval '1 ms'
FROM unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::text[], $7::int[], $8::bytea[], $9::bigint[],
  $10::text[], $11::text[], $12::bigint[])
  new (job_id, step, instance, attempt, name, seq, sha256, size, media_type, path, at)
ORDER BY job_id, step, instance, attempt, name, seq DESC
ON CONFLICT (generation, job_id, step, instance, attempt, name) DO UPDATE SET seq = excluded.seq,
  sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, path = excluded.path,
  at = excluded.at
WHERE old.seq < excluded.seq
