SELECT xid::text, pos FROM skynet.events ORDER BY xid DESC, pos DESC LIMIT 1
