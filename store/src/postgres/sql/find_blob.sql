SELECT chunks FROM skynet.blobs WHERE sha256 = $1::bytea
