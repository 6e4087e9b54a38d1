-- One place more, unless there are as many as there may be. Whether it is worth looking again; another process may have
-- made the same place at the same moment.
WITH size AS (SELECT count(*)::int AS n FROM skynet.slots WHERE grp = $1::text),
grown AS (
  INSERT INTO skynet.slots (grp, n) SELECT $1, n FROM size WHERE n < $2::int ON CONFLICT DO NOTHING)
SELECT n < $2 FROM size
