-- By the number of the transaction: the name alone would mean the text.
SELECT e.xid::text, e.pos FROM skynet.events e ORDER BY e.xid DESC, e.pos DESC LIMIT 1
