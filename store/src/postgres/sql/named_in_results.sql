WITH page AS MATERIALIZED (
  SELECT key, body FROM skynet.cached_results WHERE key > $1::bytea ORDER BY key LIMIT $2::int),
runs AS (
  SELECT m[1] AS run FROM page, regexp_matches(encode(body, 'escape'), '[0-9a-fA-F]{64,}', 'g') m)
SELECT (SELECT key FROM page ORDER BY key DESC LIMIT 1),
  ARRAY(SELECT DISTINCT decode(substr(run, i, 64), 'hex') FROM runs, generate_series(1, length(run) - 63) i)
