-- Small tables: what has been sent and not yet been taken.
WITH texts AS (
  SELECT body FROM skynet.inbox UNION ALL SELECT body FROM skynet.tasks UNION ALL SELECT body FROM skynet.task_leases),
runs AS (
  SELECT m[1] AS run FROM texts, regexp_matches(encode(body, 'escape'), '[0-9a-fA-F]{64,}', 'g') m)
SELECT DISTINCT decode(substr(run, i, 64), 'hex') FROM runs, generate_series(1, length(run) - 63) i
