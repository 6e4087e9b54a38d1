SELECT provider, outcome, sum(n)::bigint, sum(ms_sum)::bigint, max(ms_max),
  (extract(epoch FROM max(last_at)) * 1000)::bigint
FROM skynet.provider_rows
WHERE generation = (SELECT skynet.generation_of('step')) AND day >= $1 GROUP BY provider, outcome ORDER BY provider
