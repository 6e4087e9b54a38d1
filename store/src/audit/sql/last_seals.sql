SELECT no, from_xid::text, from_pos, to_xid::text, to_pos, events, root, before, hash
  FROM skynet.seals WHERE no > $1 ORDER BY no DESC LIMIT $2
