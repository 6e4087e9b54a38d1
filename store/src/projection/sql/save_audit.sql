INSERT INTO skynet.audit_rows (generation, job_id, seq, at, who, door, did, step, instance, said)
SELECT $1, job_id, seq, 'epoch'::timestamptz + at * interval '1 ms', who, door, did, step, instance, said
FROM unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],
  $10::text[]) new (job_id, seq, at, who, door, did, step, instance, said)
ON CONFLICT DO NOTHING
