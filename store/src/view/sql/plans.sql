SELECT DISTINCT plan FROM skynet.job_rows WHERE generation = (SELECT skynet.generation_of('job'))
