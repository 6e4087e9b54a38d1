SELECT seq, done FROM skynet.heads WHERE job_id = $1::uuid
