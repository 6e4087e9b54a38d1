-- Its pieces become those of an upload that broke off long ago, and are taken away as such, a few at a time.
WITH gone AS (
  DELETE FROM skynet.blobs WHERE sha256 = $1::bytea AND at < $2::text::timestamptz RETURNING sha256),
name AS MATERIALIZED (SELECT int8send(0) || substr(uuid_send(gen_random_uuid()), 9) AS upload)
UPDATE skynet.blob_chunks c SET sha256 = name.upload FROM gone, name WHERE c.sha256 = gone.sha256
