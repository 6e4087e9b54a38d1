-- Takes away all that 0001 made, with all that was kept in it. The roles stay: another database may use them.
DROP VIEW skynet.event;
DROP TABLE skynet.workers, skynet.shards, skynet.events, skynet.heads, skynet.event_kinds, skynet.segments,
  skynet.inbox, skynet.inbox_cursor, skynet.queues, skynet.tasks, skynet.task_leases, skynet.slots, skynet.timers,
  skynet.idempotency, skynet.checkpoints, skynet.blobs, skynet.blob_chunks, skynet.artifacts, skynet.logs,
  skynet.cached_results;
DROP FUNCTION skynet.forbid(), skynet.inbox_ring(), skynet.uuid7_floor(timestamptz), skynet.json_of(bytea),
  skynet.add_segment(text, timestamptz, timestamptz), skynet.ensure_segments(int), skynet.drop_segment(text),
  skynet.rotate_inbox(smallint), skynet.drop_logs(timestamptz);
DROP SEQUENCE skynet.writer_no, skynet.event_pos, skynet.inbox_pos, skynet.task_no;
