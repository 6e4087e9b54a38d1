-- What has been sent and not yet been taken.
SELECT body FROM skynet.inbox UNION ALL SELECT body FROM skynet.tasks UNION ALL SELECT body FROM skynet.task_leases
