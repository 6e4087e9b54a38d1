DELETE FROM skynet.blob_chunks WHERE sha256 = $1::bytea
