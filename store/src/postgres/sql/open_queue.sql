-- One statement also finds what another process makes at the same moment.
INSERT INTO skynet.queues (name) VALUES ($1::text) ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING queue
