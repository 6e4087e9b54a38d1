INSERT INTO skynet.checkpoints (projection, generation) VALUES ($1, $2)
  ON CONFLICT (projection) DO UPDATE SET generation = excluded.generation, xid = '0', pos = 0, fault = NULL
