SELECT seq, tip FROM skynet.heads WHERE job_id = $1::uuid
