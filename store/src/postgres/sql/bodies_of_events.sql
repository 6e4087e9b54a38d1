SELECT e.xid::text, e.pos, e.body FROM skynet.events e WHERE (e.xid, e.pos) > ($1::text::xid8, $2::bigint)
ORDER BY e.xid, e.pos LIMIT $3::int
