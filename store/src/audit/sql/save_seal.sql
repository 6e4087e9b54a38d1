INSERT INTO skynet.seals (no, from_xid, from_pos, to_xid, to_pos, events, root, before, hash)
  VALUES ($1, $2::text::xid8, $3, $4::text::xid8, $5, $6, $7, $8, $9)
