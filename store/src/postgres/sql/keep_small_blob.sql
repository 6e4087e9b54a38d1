-- Kept again, it is as young as new, and the sweep leaves it.
WITH kept AS (
  INSERT INTO skynet.blobs (sha256, size, chunks) VALUES ($1::bytea, length($2::bytea), 1)
  ON CONFLICT (sha256) DO UPDATE SET at = now() RETURNING sha256)
INSERT INTO skynet.blob_chunks (sha256, no, data) SELECT sha256, 0, $2 FROM kept ON CONFLICT DO NOTHING
