-- Begins jobs, whoever owns their shards: nobody can write to a job that is not there. Their owners find them in the
-- inbox. A job whose key was used before is left out of the answer; one that is there already fails them all.
--
-- 1-6 job, shard, hash of the key or none, how many, tip, done; 7 batch; 8-12 events: job, seq, kind, hash, body;
-- 13 worker
WITH asked AS MATERIALIZED (
  SELECT i.* FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::bytea[], $6::boolean[])
    i (job_id, shard, key_hash, n, tip, done)),
keyed AS (
  INSERT INTO skynet.idempotency (scope, key_hash, job_id)
  SELECT 1, key_hash, job_id FROM asked WHERE key_hash IS NOT NULL
  ON CONFLICT DO NOTHING RETURNING job_id),
begun AS (
  INSERT INTO skynet.heads (job_id, shard, seq, last_batch, tip, done)
  SELECT i.job_id, i.shard, i.n, $7::bigint, i.tip, coalesce(i.done, false) FROM asked i
  WHERE i.key_hash IS NULL OR i.job_id IN (SELECT job_id FROM keyed)
  RETURNING job_id, shard),
added AS (
  INSERT INTO skynet.events (job_id, seq, shard, kind, worker, hash, body)
  SELECT e.job_id, e.seq, begun.shard, e.kind, $13::bigint, e.hash, e.body
  FROM unnest($8::uuid[], $9::int[], $10::smallint[], $11::bytea[], $12::bytea[]) WITH ORDINALITY
    e (job_id, seq, kind, hash, body, ord)
  JOIN begun USING (job_id) ORDER BY e.ord)
INSERT INTO skynet.inbox (shard, job_id, kind, dedupe, body)
SELECT shard, job_id, 1, job_id, ''::bytea FROM begun RETURNING job_id
