-- Everything the store keeps. The program runs it in one transaction, in a schema `skynet` that is there.
--
-- Words: a job's number of an event is `seq`, as in the engine. `xid` and `pos` together are the place of a row in the
-- order of all jobs. A shard is the last byte of a job's id.

-- 1. Roles --------------------------------------------------------------------------------------------------------
-- The owner cannot log in, the engine may add events and never change one, the reader reads. Roles belong to the whole
-- server: another database may be making them at this moment, and a managed server may refuse to make any. Then the
-- login owns the tables, and only the triggers guard the log.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['skynet_owner', 'skynet_engine', 'skynet_reader'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', name);
      END IF;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
      EXECUTE format('GRANT USAGE ON SCHEMA skynet TO %I', name);
      IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
      END IF;
    EXCEPTION WHEN insufficient_privilege OR undefined_object THEN NULL;
    END;
  END LOOP;
  BEGIN
    GRANT CREATE ON SCHEMA skynet TO skynet_owner;
    PERFORM set_config('role', 'skynet_owner', true);
  EXCEPTION WHEN insufficient_privilege OR undefined_object OR invalid_parameter_value THEN NULL;
  END;
END $$;

-- 2. Processes, and which shards they own ---------------------------------------------------------------------------
CREATE TABLE skynet.workers (
  worker_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- never used again
  host        text        NOT NULL,
  pid         int         NOT NULL,
  labels      text[]      NOT NULL DEFAULT '{}',
  is_guest    boolean     NOT NULL DEFAULT false,  -- owns a shard for its own jobs, and takes over nobody's
  started_at  timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE skynet.shards (
  shard smallint PRIMARY KEY,
  owner bigint,                      -- a worker; no foreign key, which would lock the worker's row with every append
  epoch bigint   NOT NULL DEFAULT 0  -- one more with every change of owner
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
INSERT INTO skynet.shards (shard) SELECT generate_series(0, 255);

-- Each connection that writes takes a number, so that no two ever call a batch the same.
CREATE SEQUENCE skynet.writer_no;

-- 3. The log ------------------------------------------------------------------------------------------------------
CREATE SEQUENCE skynet.event_pos;

CREATE TABLE skynet.event_kinds (
  kind smallint PRIMARY KEY,
  name text     NOT NULL UNIQUE
);

CREATE TABLE skynet.events (
  job_id uuid        NOT NULL,                      -- its time says in which segment the job lives
  seq    int         NOT NULL CHECK (seq > 0),
  shard  smallint    NOT NULL,
  kind   smallint    NOT NULL,
  xid    xid8        NOT NULL DEFAULT pg_current_xact_id(),
  pos    bigint      NOT NULL DEFAULT nextval('skynet.event_pos'),
  at     timestamptz NOT NULL DEFAULT statement_timestamp(),
  worker bigint      NOT NULL,
  hash   bytea       NOT NULL,                      -- SHA-256 of the hash before it, the number, the kind, the body
  body   bytea       NOT NULL,                      -- JSON, the very bytes that were digested
  PRIMARY KEY (job_id, seq)
) PARTITION BY RANGE (job_id);
CREATE INDEX events_feed ON skynet.events (xid, pos);
CREATE INDEX events_at ON skynet.events USING brin (at) WITH (pages_per_range = 32);

CREATE TABLE skynet.heads (
  job_id     uuid     PRIMARY KEY,
  shard      smallint NOT NULL,
  done       boolean  NOT NULL DEFAULT false,
  seq        int      NOT NULL,                     -- the number of the last event
  last_batch bigint   NOT NULL,                     -- which batch it came with: whether a commit happened is asked here
  tip        bytea    NOT NULL                      -- the hash of the last event
) PARTITION BY RANGE (job_id);

CREATE TABLE skynet.segments (
  name        text        PRIMARY KEY,
  lo          uuid        NOT NULL,
  hi          uuid        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  sealed_at   timestamptz,
  merkle_root bytea,
  dropped_at  timestamptz
);

CREATE FUNCTION skynet.forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'skynet.% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '55000';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON skynet.events
  FOR EACH ROW EXECUTE FUNCTION skynet.forbid();
-- A trigger on truncation is not inherited: `add_segment` gives each segment its own.
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON skynet.events
  FOR EACH STATEMENT EXECUTE FUNCTION skynet.forbid();

-- 4. The inbox: what comes to a job from outside its owner ----------------------------------------------------------
-- Rows are added, read behind a cursor, and go by truncation of one of three rings: no row is ever deleted.
-- Kinds: 1 a job was begun, 99 an attempt was lost; the others belong to those who send and read them.
CREATE SEQUENCE skynet.inbox_pos;

-- The ring that rows are added to: the next one with each hour.
CREATE FUNCTION skynet.inbox_ring() RETURNS smallint LANGUAGE sql STABLE AS $$
  SELECT (floor(extract(epoch FROM statement_timestamp()))::bigint / 3600 % 3)::smallint
$$;

CREATE TABLE skynet.inbox (
  ring   smallint    NOT NULL DEFAULT skynet.inbox_ring(),
  shard  smallint    NOT NULL,
  xid    xid8        NOT NULL DEFAULT pg_current_xact_id(),
  pos    bigint      NOT NULL DEFAULT nextval('skynet.inbox_pos'),
  job_id uuid        NOT NULL,
  kind   smallint    NOT NULL,
  dedupe uuid        NOT NULL,
  at     timestamptz NOT NULL DEFAULT statement_timestamp(),
  body   bytea       NOT NULL
) PARTITION BY LIST (ring);
CREATE TABLE skynet.inbox_0 PARTITION OF skynet.inbox FOR VALUES IN (0);
CREATE TABLE skynet.inbox_1 PARTITION OF skynet.inbox FOR VALUES IN (1);
CREATE TABLE skynet.inbox_2 PARTITION OF skynet.inbox FOR VALUES IN (2);
CREATE INDEX inbox_order ON skynet.inbox (shard, xid, pos);

CREATE TABLE skynet.inbox_cursor (
  shard smallint PRIMARY KEY,
  xid   xid8     NOT NULL DEFAULT '0',
  pos   bigint   NOT NULL DEFAULT 0
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
INSERT INTO skynet.inbox_cursor (shard) SELECT generate_series(0, 255);

-- 5. Steps that run in another process than their job's owner -------------------------------------------------------
CREATE SEQUENCE skynet.task_no;
CREATE TABLE skynet.queues (
  queue smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name  text     NOT NULL UNIQUE
);
CREATE TABLE skynet.tasks (
  queue    smallint NOT NULL,
  priority smallint NOT NULL DEFAULT 0,
  task_no  bigint   NOT NULL DEFAULT nextval('skynet.task_no'),
  shard    smallint NOT NULL,
  job_id   uuid     NOT NULL,
  step     text     NOT NULL,
  instance int      NOT NULL DEFAULT 0,
  attempt  int      NOT NULL,
  body     bytea    NOT NULL,
  PRIMARY KEY (queue, priority, task_no)
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1);
CREATE TABLE skynet.task_leases (
  task_no  bigint   PRIMARY KEY,     -- with `worker` it fences: who lost the lease completes nothing
  worker   bigint   NOT NULL,
  until    timestamptz,              -- none: as long as the worker's own lease
  queue    smallint NOT NULL,
  priority smallint NOT NULL,
  shard    smallint NOT NULL,
  job_id   uuid     NOT NULL,
  step     text     NOT NULL,
  instance int      NOT NULL,
  attempt  int      NOT NULL,
  body     bytea    NOT NULL
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1);
CREATE INDEX task_leases_worker ON skynet.task_leases (worker);

-- Places of concurrency groups: a row is a place, and it is free when its worker is gone.
CREATE TABLE skynet.slots (
  grp      text NOT NULL,
  n        int  NOT NULL,
  worker   bigint,
  job_id   uuid,
  step     text,
  instance int,
  attempt  int,
  PRIMARY KEY (grp, n)
) WITH (fillfactor = 50);

-- 6. Timers, keys, places of readers --------------------------------------------------------------------------------
CREATE TABLE skynet.timers (
  shard   smallint    NOT NULL,
  fire_at timestamptz NOT NULL,
  job_id  uuid        NOT NULL,
  timer   int         NOT NULL DEFAULT 0,
  PRIMARY KEY (shard, fire_at, job_id, timer)
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE skynet.idempotency (
  scope    smallint    NOT NULL,     -- 1: jobs that were begun
  key_hash uuid        NOT NULL,     -- the first half of the SHA-256 of the key
  job_id   uuid        NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key_hash)
);

CREATE TABLE skynet.checkpoints (
  projection text        PRIMARY KEY,
  generation int         NOT NULL DEFAULT 1,
  xid        xid8        NOT NULL DEFAULT '0',
  pos        bigint      NOT NULL DEFAULT 0,
  owner      bigint,
  epoch      bigint      NOT NULL DEFAULT 0,
  at         timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);

-- 7. Content, what attempts print, results that may serve again -----------------------------------------------------
CREATE TABLE skynet.blobs (
  sha256 bytea       PRIMARY KEY,
  size   bigint      NOT NULL,
  chunks int         NOT NULL,
  at     timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE skynet.blob_chunks (
  sha256 bytea NOT NULL,
  no     int   NOT NULL,
  data   bytea NOT NULL,
  PRIMARY KEY (sha256, no)
);
ALTER TABLE skynet.blob_chunks ALTER data SET STORAGE EXTERNAL;
CREATE TABLE skynet.artifacts (
  job_id     uuid        NOT NULL,
  step       text        NOT NULL,
  instance   int         NOT NULL DEFAULT 0,
  attempt    int         NOT NULL,
  name       text        NOT NULL,
  sha256     bytea       NOT NULL,
  size       bigint      NOT NULL,
  media_type text        NOT NULL,
  at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, step, instance, attempt, name)
);
CREATE TABLE skynet.logs (
  at       timestamptz NOT NULL DEFAULT statement_timestamp(),
  job_id   uuid        NOT NULL,
  step     text        NOT NULL,
  instance int         NOT NULL,
  attempt  int         NOT NULL,
  no       int         NOT NULL,     -- a row is a chunk, not a line
  stream   smallint    NOT NULL,     -- 1 standard output, 2 standard error, 0: the data says how many bytes are missing
  data     bytea       NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX logs_attempt ON skynet.logs (job_id, step, instance, attempt, no);

CREATE TABLE skynet.cached_results (
  key       bytea       PRIMARY KEY,
  job_id    uuid        NOT NULL,
  made_at   timestamptz NOT NULL,
  body      bytea       NOT NULL     -- JSON
);
CREATE INDEX cached_results_made_at ON skynet.cached_results (made_at);

-- 8. Upkeep, with the rights of the owner ---------------------------------------------------------------------------
-- The smallest id of a time.
CREATE FUNCTION skynet.uuid7_floor(t timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(floor(extract(epoch FROM t) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

CREATE FUNCTION skynet.add_segment(p_name text, p_lo timestamptz, p_hi timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  lo uuid := skynet.uuid7_floor(p_lo);
  hi uuid := skynet.uuid7_floor(p_hi);
BEGIN
  EXECUTE format('CREATE TABLE skynet.%I PARTITION OF skynet.events FOR VALUES FROM (%L) TO (%L)',
    'events_' || p_name, lo, hi);
  EXECUTE format('CREATE TABLE skynet.%I PARTITION OF skynet.heads FOR VALUES FROM (%L) TO (%L)
    WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)', 'heads_' || p_name, lo, hi);
  EXECUTE format('CREATE INDEX ON skynet.%I (shard) WHERE NOT done', 'heads_' || p_name);
  EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON skynet.%I
    FOR EACH STATEMENT EXECUTE FUNCTION skynet.forbid()', 'events_' || p_name);
  INSERT INTO skynet.segments (name, lo, hi) VALUES (p_name, lo, hi);
END $$;

-- Makes what is missing of last week's segment, this week's, and those of as many weeks as asked for, and the same
-- weeks of the logs. Last week's is for ids whose clock is a little behind. Returns the names of what was made.
CREATE FUNCTION skynet.ensure_segments(p_ahead int) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  monday timestamptz;
  week   text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('skynet.segments', 0));
  FOR i IN -1..p_ahead LOOP
    monday := (date_trunc('week', now() AT TIME ZONE 'UTC') + i * interval '7 days') AT TIME ZONE 'UTC';
    week := to_char(monday AT TIME ZONE 'UTC', 'IYYY"w"IW');
    IF NOT EXISTS (SELECT FROM skynet.segments WHERE name = week) THEN
      PERFORM skynet.add_segment(week, monday, monday + interval '7 days');
      RETURN NEXT week;
    END IF;
    IF to_regclass('skynet.logs_' || week) IS NULL THEN
      EXECUTE format('CREATE TABLE skynet.%I PARTITION OF skynet.logs FOR VALUES FROM (%L) TO (%L)',
        'logs_' || week, monday, monday + interval '7 days');
    END IF;
  END LOOP;
END $$;

-- Takes a segment away: one that is sealed and has no job that lives. What the seal said stays.
CREATE FUNCTION skynet.drop_segment(p_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE is_live boolean;
BEGIN
  IF NOT EXISTS (
    SELECT FROM skynet.segments WHERE name = p_name AND sealed_at IS NOT NULL AND dropped_at IS NULL)
  THEN
    RAISE EXCEPTION 'the segment % is not sealed', p_name;
  END IF;
  SET LOCAL lock_timeout = '500ms';
  EXECUTE format('LOCK TABLE skynet.%I IN ACCESS EXCLUSIVE MODE', 'heads_' || p_name);
  EXECUTE format('SELECT EXISTS (SELECT FROM skynet.%I WHERE NOT done)', 'heads_' || p_name) INTO is_live;
  IF is_live THEN
    RAISE EXCEPTION 'the segment % has jobs that live', p_name;
  END IF;
  EXECUTE format('ALTER TABLE skynet.events DETACH PARTITION skynet.%I', 'events_' || p_name);
  EXECUTE format('ALTER TABLE skynet.heads DETACH PARTITION skynet.%I', 'heads_' || p_name);
  EXECUTE format('DROP TABLE skynet.%I, skynet.%I', 'events_' || p_name, 'heads_' || p_name);
  UPDATE skynet.segments SET dropped_at = now() WHERE name = p_name;
END $$;

-- Empties a ring of the inbox if every row in it is behind the cursor of its shard; false if it is not, or is in use.
CREATE FUNCTION skynet.rotate_inbox(p_ring smallint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE is_unread boolean;
BEGIN
  SET LOCAL lock_timeout = '50ms';
  EXECUTE format('LOCK TABLE skynet.%I IN ACCESS EXCLUSIVE MODE', 'inbox_' || p_ring);
  EXECUTE format('SELECT EXISTS (SELECT FROM skynet.%I i JOIN skynet.inbox_cursor c USING (shard)
    WHERE (i.xid, i.pos) > (c.xid, c.pos))', 'inbox_' || p_ring) INTO is_unread;
  IF is_unread THEN
    RETURN false;
  END IF;
  EXECUTE format('TRUNCATE skynet.%I', 'inbox_' || p_ring);
  RETURN true;
EXCEPTION WHEN lock_not_available THEN
  RETURN false;
END $$;

-- Takes away the weeks of logs that ended before a time. Returns their names.
CREATE FUNCTION skynet.drop_logs(p_before timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE child text;
BEGIN
  SET LOCAL lock_timeout = '500ms';
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'skynet.logs'::regclass
      AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(.*)''\)'))[1]::timestamptz <= p_before
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE skynet.%I', child);
    RETURN NEXT child;
  END LOOP;
END $$;

-- 9. A view for people ----------------------------------------------------------------------------------------------
-- An event's JSON. A character that Postgres cannot hold in JSON shows as the replacement character.
CREATE FUNCTION skynet.json_of(body bytea) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT replace(convert_from(body, 'UTF8'), '\u0000', '\ufffd')::jsonb
$$;

CREATE VIEW skynet.event AS
  SELECT e.job_id, e.seq, e.at, k.name AS type, skynet.json_of(e.body) AS body, e.worker, e.xid, e.pos
  FROM skynet.events e JOIN skynet.event_kinds k USING (kind);

-- 10. The kinds of events: a number is never given twice ------------------------------------------------------------
INSERT INTO skynet.event_kinds (kind, name) VALUES
  (1, 'job_created'), (2, 'job_queued'), (3, 'job_started'), (4, 'job_paused'), (5, 'job_resumed'),
  (6, 'job_cancel_requested'), (7, 'job_expired'), (8, 'job_retried'), (9, 'job_succeeded'), (10, 'job_failed'),
  (11, 'job_cancelled'), (12, 'job_timed_out'), (20, 'fan_out_expanded'), (21, 'step_started'),
  (22, 'step_succeeded'), (23, 'step_failed'), (24, 'step_outcome_unknown'), (25, 'step_lost'), (26, 'step_skipped'),
  (27, 'step_blocked'), (28, 'step_cancelled'), (29, 'step_reused'), (30, 'cache_asked'), (31, 'cache_missed'),
  (32, 'round_finished'), (40, 'timer_set'), (41, 'timer_fired'), (42, 'signal_received'), (43, 'slot_requested'),
  (44, 'slot_taken'), (45, 'slot_lost'), (50, 'approval_requested'), (51, 'approval_given'),
  (52, 'approval_refused'), (60, 'child_started'), (61, 'child_expired'), (70, 'undo_started'),
  (71, 'undo_step_started'), (72, 'undo_step_succeeded'), (73, 'undo_step_failed'), (74, 'undo_finished'),
  (75, 'undo_step_lost'), (76, 'undo_step_unknown');

-- 11. Privileges ----------------------------------------------------------------------------------------------------
-- As the login again: it owns the ledger of migrations, and has the rights of the owner of all else.
RESET ROLE;

REVOKE ALL ON FUNCTION skynet.add_segment(text, timestamptz, timestamptz), skynet.ensure_segments(int),
  skynet.drop_segment(text), skynet.rotate_inbox(smallint), skynet.drop_logs(timestamptz) FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'skynet_reader') THEN
    GRANT SELECT ON ALL TABLES IN SCHEMA skynet TO skynet_reader;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'skynet_engine') THEN
    GRANT SELECT ON ALL TABLES IN SCHEMA skynet TO skynet_engine;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA skynet TO skynet_engine;
    GRANT INSERT ON skynet.events, skynet.heads, skynet.artifacts, skynet.logs TO skynet_engine;
    GRANT UPDATE (seq, last_batch, tip, done) ON skynet.heads TO skynet_engine;
    GRANT INSERT, UPDATE ON skynet.queues, skynet.checkpoints, skynet.cached_results TO skynet_engine;
    GRANT UPDATE ON skynet.shards, skynet.inbox_cursor TO skynet_engine;
    GRANT INSERT ON skynet.inbox TO skynet_engine;
    GRANT INSERT, UPDATE, DELETE ON skynet.workers, skynet.tasks, skynet.task_leases, skynet.slots, skynet.timers,
      skynet.idempotency, skynet.blobs, skynet.blob_chunks TO skynet_engine;
    GRANT DELETE ON skynet.cached_results TO skynet_engine;
    GRANT EXECUTE ON FUNCTION skynet.ensure_segments(int), skynet.rotate_inbox(smallint),
      skynet.drop_logs(timestamptz) TO skynet_engine;
  END IF;
END $$;
