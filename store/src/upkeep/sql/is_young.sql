SELECT hi > skynet.uuid7_floor('epoch'::timestamptz + $2 * interval '1 ms')
  OR hi > skynet.uuid7_floor(now() - interval '7 days') FROM skynet.segments WHERE name = $1
