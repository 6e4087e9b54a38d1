INSERT INTO skynet.seal_parts (no, segment, events, root) VALUES ($1, $2, $3, $4)
