SELECT e.xid::text, e.pos, e.job_id, e.seq, e.hash FROM skynet.events e
  WHERE e.job_id >= $1 AND e.job_id < $2 AND (e.xid, e.pos) > ($3::text::xid8, $4)
    AND (e.xid, e.pos) <= ($5::text::xid8, $6) ORDER BY e.xid, e.pos
