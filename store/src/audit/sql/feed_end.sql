SELECT e.xid::text, e.pos FROM skynet.events e
  WHERE (e.xid, e.pos) > ($1::text::xid8, $2) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
  ORDER BY e.xid DESC, e.pos DESC LIMIT 1
