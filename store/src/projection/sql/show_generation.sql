UPDATE skynet.checkpoints shown SET generation = next.generation, epoch = shown.epoch + 1, fault = NULL,
  xid = CASE WHEN $3 THEN shown.xid ELSE next.xid END, pos = CASE WHEN $3 THEN shown.pos ELSE next.pos END,
  at = now()
FROM skynet.checkpoints next WHERE shown.projection = $1 AND next.projection = $2
