SELECT step, instance, attempt, name, sha256, size, media_type, path, (extract(epoch FROM at) * 1000)::bigint
FROM skynet.artifact_rows WHERE generation = (SELECT skynet.generation_of('step')) AND job_id = $1
ORDER BY seq, name
