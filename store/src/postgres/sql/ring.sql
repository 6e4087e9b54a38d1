SELECT pg_notify('skynet', $1::text)
