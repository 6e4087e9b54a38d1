INSERT INTO skynet.logs (job_id, step, instance, attempt, no, stream, data)
SELECT job_id, step, instance, attempt, no, stream, data
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::int[], $6::smallint[], $7::bytea[])
  i (job_id, step, instance, attempt, no, stream, data)
