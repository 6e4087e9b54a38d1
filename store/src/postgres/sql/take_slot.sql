UPDATE skynet.slots SET worker = $2::bigint, job_id = $3::uuid, step = $4::text, instance = $5::int, attempt = $6::int
WHERE (grp, n) = (
  SELECT grp, n FROM skynet.slots WHERE grp = $1::text AND worker IS NULL
  ORDER BY n LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING n
