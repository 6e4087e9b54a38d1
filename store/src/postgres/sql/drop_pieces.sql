-- The name of an upload is shorter than a digest, and begins with its time. In order, so that the index is used.
DELETE FROM skynet.blob_chunks WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM skynet.blob_chunks
  WHERE sha256 < int8send(floor(extract(epoch FROM now()) * 1000)::bigint - $1::bigint) AND octet_length(sha256) = 16
  ORDER BY sha256, no LIMIT $2::int))
