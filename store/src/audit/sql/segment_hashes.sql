SELECT e.job_id, e.seq, e.hash FROM skynet.segments s
  JOIN skynet.events e ON e.job_id >= s.lo AND e.job_id < s.hi WHERE s.name = $1 ORDER BY e.job_id, e.seq
