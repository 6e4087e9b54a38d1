INSERT INTO skynet.blob_chunks (sha256, no, data) VALUES ($1::bytea, $2::int, $3::bytea)
