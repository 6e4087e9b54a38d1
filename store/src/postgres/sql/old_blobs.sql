SELECT sha256 FROM skynet.blobs WHERE at < $1::text::timestamptz
