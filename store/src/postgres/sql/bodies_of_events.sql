SELECT xid::text, pos, body FROM skynet.events WHERE (xid, pos) > ($1::text::xid8, $2::bigint)
ORDER BY xid, pos LIMIT $3::int
