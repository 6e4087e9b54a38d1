UPDATE skynet.slots s SET worker = NULL
WHERE s.worker IS NOT NULL AND NOT EXISTS (SELECT FROM skynet.workers w WHERE w.worker_id = s.worker)
RETURNING s.grp
