SELECT 'session ' || pid || ' of ' || coalesce(nullif(application_name, ''), usename, backend_type),
  extract(epoch FROM clock_timestamp() - coalesce(xact_start, backend_start))::bigint
FROM pg_stat_activity
WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND coalesce(datname, current_database()) = current_database()
  AND backend_type NOT LIKE 'autovacuum%'
  AND clock_timestamp() - coalesce(xact_start, backend_start) >= $1 * interval '1 ms'
UNION ALL
SELECT 'prepared transaction ' || gid, extract(epoch FROM clock_timestamp() - prepared)::bigint FROM pg_prepared_xacts
WHERE database = current_database() AND clock_timestamp() - prepared >= $1 * interval '1 ms'
UNION ALL
SELECT 'replication slot ' || slot_name, 0 FROM pg_replication_slots WHERE xmin IS NOT NULL AND NOT active
ORDER BY 2 DESC LIMIT 1
