UPDATE skynet.task_leases SET until = clock_timestamp() + $3::bigint * interval '1 ms'
WHERE task_no = $1::bigint AND worker = $2::bigint
