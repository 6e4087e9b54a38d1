DELETE FROM skynet.cached_results WHERE made_at < to_timestamp($1::bigint / 1000.0)
