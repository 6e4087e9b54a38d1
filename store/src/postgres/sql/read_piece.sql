SELECT data FROM skynet.blob_chunks WHERE sha256 = $1::bytea AND no = $2::int
