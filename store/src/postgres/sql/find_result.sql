SELECT body FROM skynet.cached_results WHERE key = $1::bytea
