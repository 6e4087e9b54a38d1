-- A plan that calls others begins so; what looks like one counts as one. Of other content there is nothing to read.
SELECT first.sha256, CASE WHEN substr(first.data, 1, 12) = '{"callees":{'::bytea THEN (
    SELECT string_agg(c.data, ''::bytea ORDER BY c.no) FROM skynet.blob_chunks c WHERE c.sha256 = first.sha256)
  ELSE '' END
FROM skynet.blob_chunks first WHERE first.no = 0 AND first.sha256 > $1::bytea ORDER BY first.sha256 LIMIT $2::int
