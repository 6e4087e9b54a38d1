-- Appends to many jobs at once. Refused for itself alone is a job whose last event is not the expected one, or whose
-- shard this worker owns no more; the answer names the others.
--
-- 1-6 job, shard, expected, how many, tip, done or unknown; 7 batch; 8-12 events: job, seq, kind, hash, body;
-- 13-15 shards, epochs, worker; 16-22 tasks: queue, priority, job, step, instance, attempt, body;
-- 23-25 timers to set: time in ms, job, timer; 26-28 timers to clear.
WITH own AS MATERIALIZED (
  SELECT s.shard FROM unnest($13::smallint[], $14::bigint[]) o (shard, epoch) JOIN skynet.shards s USING (shard)
  WHERE s.owner = $15::bigint AND s.epoch = o.epoch ORDER BY s.shard FOR SHARE OF s),
asked AS MATERIALIZED (
  SELECT i.* FROM unnest($1::uuid[], $2::smallint[], $3::int[], $4::int[], $5::bytea[], $6::boolean[])
    i (job_id, shard, expected, n, tip, done)
  WHERE i.shard IN (SELECT shard FROM own)),
grown AS (
  UPDATE skynet.heads h
  SET seq = h.seq + i.n, last_batch = $7::bigint, tip = i.tip, done = coalesce(i.done, h.done)
  FROM asked i WHERE i.expected > 0 AND h.job_id = i.job_id AND h.seq = i.expected
  RETURNING h.job_id, h.shard),
begun AS (
  INSERT INTO skynet.heads (job_id, shard, seq, last_batch, tip, done)
  SELECT job_id, shard, n, $7, tip, coalesce(done, false) FROM asked WHERE expected = 0
  ON CONFLICT DO NOTHING RETURNING job_id, shard),
ok AS (SELECT * FROM grown UNION ALL SELECT * FROM begun),
-- Sorted before `pos` is drawn, so that it follows the order of the input, whatever the join did.
added AS (
  INSERT INTO skynet.events (job_id, seq, shard, kind, worker, hash, body)
  SELECT e.job_id, e.seq, ok.shard, e.kind, $15, e.hash, e.body
  FROM unnest($8::uuid[], $9::int[], $10::smallint[], $11::bytea[], $12::bytea[]) WITH ORDINALITY
    e (job_id, seq, kind, hash, body, ord)
  JOIN ok USING (job_id) ORDER BY e.ord),
queued AS (
  INSERT INTO skynet.tasks (queue, priority, shard, job_id, step, instance, attempt, body)
  SELECT t.queue, t.priority, ok.shard, t.job_id, t.step, t.instance, t.attempt, t.body
  FROM unnest($16::smallint[], $17::smallint[], $18::uuid[], $19::text[], $20::int[], $21::int[], $22::bytea[])
    t (queue, priority, job_id, step, instance, attempt, body) JOIN ok USING (job_id)),
set_timers AS (
  INSERT INTO skynet.timers (shard, fire_at, job_id, timer)
  SELECT ok.shard, to_timestamp(t.ms / 1000.0), t.job_id, t.timer
  FROM unnest($23::bigint[], $24::uuid[], $25::int[]) t (ms, job_id, timer) JOIN ok USING (job_id)
  ON CONFLICT DO NOTHING),
cleared_timers AS (
  DELETE FROM skynet.timers x
  USING unnest($26::bigint[], $27::uuid[], $28::int[]) t (ms, job_id, timer) JOIN ok USING (job_id)
  WHERE x.shard = ok.shard AND x.fire_at = to_timestamp(t.ms / 1000.0) AND x.job_id = t.job_id AND x.timer = t.timer)
SELECT job_id FROM ok
