SELECT skynet.ensure_segments($1::int)
