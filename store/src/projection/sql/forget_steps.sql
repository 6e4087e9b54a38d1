DELETE FROM skynet.step_rows r USING unnest($2::uuid[], $3::text[], $4::int[]) w (job_id, step, instance)
  WHERE r.generation = $1 AND r.job_id = w.job_id AND r.step = w.step AND r.instance = w.instance
