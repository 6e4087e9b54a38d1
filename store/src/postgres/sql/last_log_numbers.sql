SELECT coalesce((
  SELECT l.no FROM skynet.logs l
  WHERE l.job_id = a.job_id AND l.step = a.step AND l.instance = a.instance AND l.attempt = a.attempt
  ORDER BY l.no DESC LIMIT 1), 0)
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[]) WITH ORDINALITY a (job_id, step, instance, attempt, ord)
ORDER BY a.ord
