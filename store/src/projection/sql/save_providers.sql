INSERT INTO skynet.provider_rows AS old (generation, day, provider, outcome, n, ms_sum, ms_max, last_at)
SELECT $1, day, provider, outcome, n, ms_sum, ms_max, 'epoch'::timestamptz + last * interval '1 ms'
FROM unnest($2::int[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
  new (day, provider, outcome, n, ms_sum, ms_max, last)
ON CONFLICT (generation, day, provider, outcome) DO UPDATE SET n = old.n + excluded.n,
  ms_sum = old.ms_sum + excluded.ms_sum, ms_max = greatest(old.ms_max, excluded.ms_max),
  last_at = greatest(old.last_at, excluded.last_at)
