-- Gives the pieces their digest, unless the content is there already. A row that is new has no `xmax`.
WITH kept AS (
  INSERT INTO skynet.blobs (sha256, size, chunks) VALUES ($1::bytea, $2::bigint, $3::int)
  ON CONFLICT (sha256) DO UPDATE SET at = now() RETURNING xmax = 0 AS is_new),
moved AS (
  UPDATE skynet.blob_chunks SET sha256 = $1 FROM kept WHERE sha256 = $4::bytea AND is_new RETURNING no)
SELECT is_new, (SELECT count(*) FROM moved) FROM kept
