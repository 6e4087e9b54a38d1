-- A plan that calls others begins so; what looks like one counts as one.
WITH page AS MATERIALIZED (
  SELECT sha256, substr(data, 1, 12) = '{"callees":{'::bytea AS is_plan FROM skynet.blob_chunks
  WHERE sha256 > $1::bytea AND no = 0 ORDER BY sha256 LIMIT $2::int),
texts AS (
  SELECT string_agg(c.data, ''::bytea ORDER BY c.no) AS body
  FROM page JOIN skynet.blob_chunks c USING (sha256) WHERE is_plan GROUP BY sha256),
runs AS (
  SELECT m[1] AS run FROM texts, regexp_matches(encode(body, 'escape'), '[0-9a-fA-F]{64,}', 'g') m)
SELECT (SELECT sha256 FROM page ORDER BY sha256 DESC LIMIT 1),
  ARRAY(SELECT DISTINCT decode(substr(run, i, 64), 'hex') FROM runs, generate_series(1, length(run) - 63) i)
