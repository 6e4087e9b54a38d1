SELECT t.shard, (extract(epoch FROM t.fire_at) * 1000)::bigint AS ms, t.job_id, t.timer
FROM unnest($1::smallint[]) s (shard)
CROSS JOIN LATERAL (
  SELECT * FROM skynet.timers x WHERE x.shard = s.shard AND x.fire_at <= to_timestamp($2::bigint / 1000.0)
  ORDER BY x.fire_at LIMIT $3::int) t
ORDER BY t.fire_at, t.job_id, t.timer
