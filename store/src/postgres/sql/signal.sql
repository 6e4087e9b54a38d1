-- To the inbox of the job's owner, never to the stream of the job.
INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body)
SELECT i.shard, i.job_id, i.kind, i.dedupe, i.body
FROM unnest($1::uuid[], $2::smallint[], $3::smallint[], $4::uuid[], $5::bytea[]) i (job_id, shard, kind, dedupe, body)
