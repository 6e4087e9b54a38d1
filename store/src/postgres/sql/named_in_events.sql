-- Where the page ends, none if it is empty, and every run of 64 hex digits in it, as bytes. Escaped bytes only make
-- runs longer.
WITH page AS MATERIALIZED (
  SELECT xid, pos, body FROM skynet.events WHERE (xid, pos) > ($1::text::xid8, $2::bigint)
  ORDER BY xid, pos LIMIT $3::int),
runs AS (
  SELECT m[1] AS run FROM page, regexp_matches(encode(body, 'escape'), '[0-9a-fA-F]{64,}', 'g') m)
SELECT (SELECT xid::text FROM page ORDER BY page.xid DESC, pos DESC LIMIT 1),
  (SELECT pos FROM page ORDER BY page.xid DESC, pos DESC LIMIT 1),
  ARRAY(SELECT DISTINCT decode(substr(run, i, 64), 'hex') FROM runs, generate_series(1, length(run) - 63) i)
