UPDATE skynet.slots SET worker = NULL
WHERE grp = $1::text AND worker = $2::bigint AND job_id = $3::uuid AND step = $4::text AND instance = $5::int
