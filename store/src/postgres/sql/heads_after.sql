-- Where the streams of jobs end, and whether their last events came with this batch: asked of jobs that an append
-- refused, for it may be that an earlier try of the same batch was not refused, and only its answer was lost.
SELECT j.job_id, coalesce(h.seq, 0) AS seq, coalesce(h.last_batch = $2::bigint, false) AS is_there
FROM unnest($1::uuid[]) j (job_id) LEFT JOIN skynet.heads h USING (job_id)
