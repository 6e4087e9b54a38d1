-- The rings of the inbox that nothing is added to now, if there is something in them.
SELECT r.ring::smallint FROM generate_series(0, 2) r (ring)
WHERE r.ring <> skynet.inbox_ring() AND EXISTS (SELECT FROM skynet.inbox i WHERE i.ring = r.ring)
