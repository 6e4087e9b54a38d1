-- In the transaction of the projection's own writes. Only who still has the last place moves it.
UPDATE skynet.checkpoints SET xid = $6::text::xid8, pos = $7::bigint, at = now()
WHERE projection = $1::text AND generation = $2::int AND epoch = $3::bigint AND xid = $4::text::xid8
  AND pos = $5::bigint
