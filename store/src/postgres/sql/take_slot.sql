WITH kept AS (
  UPDATE skynet.slots SET worker = $3::bigint
  WHERE grp = $1::text AND worker IS NOT NULL AND job_id = $4::uuid AND step = $5::text AND instance = $6::int
  RETURNING n),
taken AS (
  UPDATE skynet.slots SET worker = $3, job_id = $4, step = $5, instance = $6
  WHERE NOT EXISTS (SELECT FROM kept) AND (grp, n) = (
    SELECT grp, n FROM skynet.slots WHERE grp = $1 AND worker IS NULL AND n < $2::int
    ORDER BY n LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING n)
SELECT n FROM kept UNION ALL SELECT n FROM taken
