SELECT key, body FROM skynet.cached_results WHERE key > $1::bytea ORDER BY key LIMIT $2::int
