DELETE FROM skynet.workers WHERE worker_id = $1::bigint
