SELECT generation, xid::text, pos, epoch, fault FROM skynet.checkpoints
  WHERE projection = $1
