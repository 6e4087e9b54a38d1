INSERT INTO skynet.checkpoints AS c (projection, owner, epoch) VALUES ($1, $2, 1)
  ON CONFLICT (projection) DO UPDATE SET owner = excluded.owner, epoch = c.epoch + 1, fault = NULL
