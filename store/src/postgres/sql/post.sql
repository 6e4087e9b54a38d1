-- To the inbox of the job's owner, never to the stream of the job.
INSERT INTO skynet.inbox (job_id, shard, kind, dedupe, body)
VALUES ($1::uuid, $2::smallint, $3::smallint, $4::uuid, $5::bytea) RETURNING xid::text, pos
