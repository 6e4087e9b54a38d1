-- What is made of the log for people and doors: tables that can be dropped and made again, and views over them; seals of
-- the log beside it.
--
-- A projection keeps one row in `checkpoints`: how far it has read, and which of its generations is shown. The rows of a
-- generation are a partition, so that another can be made beside it and take its place at once.
DO $$
BEGIN
  PERFORM set_config('role', 'skynet_owner', true);
EXCEPTION WHEN insufficient_privilege OR undefined_object OR invalid_parameter_value THEN NULL;
END $$;

-- 1. Tables ---------------------------------------------------------------------------------------------------------
-- Why a projection stopped; it goes on when a program that can read the event takes it up, or after a rebuild.
ALTER TABLE skynet.checkpoints ADD COLUMN fault text;

CREATE TABLE skynet.job_rows (
  generation  int         NOT NULL,
  job_id      uuid        NOT NULL,
  seq         int         NOT NULL,      -- the last event that was read
  workflow    text        NOT NULL,
  plan        bytea       NOT NULL,
  state       text        NOT NULL,
  stopping    text,                      -- cancel, kill, expired
  paused_by   text,
  cause       text,
  submitter   text        NOT NULL,
  door        text        NOT NULL,
  mock        boolean     NOT NULL,
  parent      uuid,
  parent_step text,
  forked_from uuid,
  forked_at   int,
  undo        text,                      -- running, done, failed, unknown
  params      text        NOT NULL,      -- JSON, as are the outputs
  outputs     text,
  created_at  timestamptz NOT NULL,
  started_at  timestamptz,
  ended_at    timestamptz,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (generation, job_id)
) PARTITION BY LIST (generation);
CREATE INDEX job_rows_created ON skynet.job_rows (generation, created_at, job_id);
CREATE INDEX job_rows_state ON skynet.job_rows (generation, state, created_at, job_id);
CREATE INDEX job_rows_workflow ON skynet.job_rows (generation, workflow, created_at, job_id);
CREATE INDEX job_rows_parent ON skynet.job_rows (generation, parent) WHERE parent IS NOT NULL;

CREATE TABLE skynet.step_rows (
  generation     int    NOT NULL,
  job_id         uuid   NOT NULL,
  step           text   NOT NULL,
  instance       int    NOT NULL,
  seq            int    NOT NULL,        -- the last event that changed it
  key            text,                   -- what the instance of a fan-out is called
  status         text   NOT NULL,
  waits_for      text,                   -- people, verdict, place, cache, signal, time, retry, round
  until          timestamptz,
  begun          boolean NOT NULL,       -- whether anything was tried since the step last began
  attempts       int    NOT NULL,
  provider       text,
  risk           text,
  subject        bytea,
  error_class    text,
  error          text,
  exit_code      bigint,
  child          uuid,
  reused_from    uuid,
  undo           text,                   -- running, done, failed, lost, unknown
  asked          text,                   -- JSON: the question to people
  agreed         int    NOT NULL,        -- how many of them have agreed
  outputs        text,                   -- JSON, if it is small
  outputs_digest bytea,                  -- of the JSON, if it is not
  log            bytea,
  log_bytes      bigint,
  started_at     timestamptz,
  ended_at       timestamptz,
  PRIMARY KEY (generation, job_id, step, instance)
) PARTITION BY LIST (generation);
CREATE INDEX step_rows_people ON skynet.step_rows (generation, job_id) WHERE waits_for IN ('people', 'verdict');

CREATE TABLE skynet.artifact_rows (
  generation int         NOT NULL,
  job_id     uuid        NOT NULL,
  step       text        NOT NULL,
  instance   int         NOT NULL,
  attempt    int         NOT NULL,       -- 0 if nothing was performed: an earlier result serves
  name       text        NOT NULL,
  seq        int         NOT NULL,
  sha256     bytea       NOT NULL,
  size       bigint      NOT NULL,
  media_type text        NOT NULL,
  path       text        NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (generation, job_id, step, instance, attempt, name)
) PARTITION BY LIST (generation);
CREATE INDEX artifact_rows_sha256 ON skynet.artifact_rows (generation, sha256);

-- Sums, by the day on which the job began: what a dropped segment of the log had told is known by its days.
CREATE TABLE skynet.provider_rows (
  generation int         NOT NULL,
  day        int         NOT NULL,       -- days since 1970-01-01 UTC
  provider   text        NOT NULL,
  outcome    text        NOT NULL,       -- started, succeeded, or the class of a failure
  n          bigint      NOT NULL,
  ms_sum     bigint      NOT NULL,
  ms_max     bigint      NOT NULL,
  last_at    timestamptz NOT NULL,
  PRIMARY KEY (generation, day, provider, outcome)
) PARTITION BY LIST (generation);

CREATE TABLE skynet.audit_rows (
  generation int         NOT NULL,
  job_id     uuid        NOT NULL,
  seq        int         NOT NULL,
  at         timestamptz NOT NULL,
  who        text        NOT NULL,
  door       text,
  did        text        NOT NULL,
  step       text,
  instance   int,
  said       text,
  PRIMARY KEY (generation, job_id, seq)
) PARTITION BY LIST (generation);
CREATE INDEX audit_rows_at ON skynet.audit_rows (generation, at, job_id, seq);

-- A closed range of the feed, proved by one digest. `parts` are the ranges' events by segment, so that a segment can be
-- dropped and the rest still be proved.
CREATE TABLE skynet.seals (
  no        bigint      PRIMARY KEY,
  from_xid  xid8        NOT NULL,
  from_pos  bigint      NOT NULL,
  to_xid    xid8        NOT NULL,
  to_pos    bigint      NOT NULL,
  events    bigint      NOT NULL,
  root      bytea       NOT NULL,
  before    bytea       NOT NULL,        -- the hash of the seal before it
  hash      bytea       NOT NULL,
  at        timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE skynet.seal_parts (
  no      bigint NOT NULL,
  segment text   NOT NULL,
  events  bigint NOT NULL,
  root    bytea  NOT NULL,
  PRIMARY KEY (no, segment)
);
CREATE TRIGGER seals_append_only BEFORE UPDATE OR DELETE ON skynet.seals
  FOR EACH ROW EXECUTE FUNCTION skynet.forbid();
CREATE TRIGGER seals_no_truncate BEFORE TRUNCATE ON skynet.seals
  FOR EACH STATEMENT EXECUTE FUNCTION skynet.forbid();
CREATE TRIGGER seal_parts_append_only BEFORE UPDATE OR DELETE ON skynet.seal_parts
  FOR EACH ROW EXECUTE FUNCTION skynet.forbid();
CREATE TRIGGER seal_parts_no_truncate BEFORE TRUNCATE ON skynet.seal_parts
  FOR EACH STATEMENT EXECUTE FUNCTION skynet.forbid();

-- 2. Generations, with the rights of the owner ----------------------------------------------------------------------
CREATE FUNCTION skynet.tables_of(p_projection text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_projection
    WHEN 'job' THEN ARRAY['job_rows']
    WHEN 'step' THEN ARRAY['step_rows', 'artifact_rows', 'provider_rows']
    WHEN 'audit' THEN ARRAY['audit_rows']
    ELSE ARRAY[]::text[] END
$$;

-- Makes the empty tables of a generation.
CREATE FUNCTION skynet.add_generation(p_projection text, p_generation int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE parent text;
BEGIN
  FOREACH parent IN ARRAY skynet.tables_of(p_projection) LOOP
    EXECUTE format('CREATE TABLE skynet.%I PARTITION OF skynet.%I FOR VALUES IN (%s) WITH (fillfactor = 70)',
      parent || '_' || p_generation, parent, p_generation);
  END LOOP;
END $$;

-- Takes a generation away, as far as it is there.
CREATE FUNCTION skynet.drop_generation(p_projection text, p_generation int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE parent text;
BEGIN
  FOREACH parent IN ARRAY skynet.tables_of(p_projection) LOOP
    EXECUTE format('DROP TABLE IF EXISTS skynet.%I', parent || '_' || p_generation);
  END LOOP;
END $$;

-- Whether all tables of a generation are there.
CREATE FUNCTION skynet.has_generation(p_projection text, p_generation int) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT bool_and(to_regclass('skynet.' || parent || '_' || p_generation) IS NOT NULL)
  FROM unnest(skynet.tables_of(p_projection)) parent
$$;

-- The day on which a job began, by its id, in days since 1970-01-01 UTC.
CREATE FUNCTION skynet.day_of(job uuid) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT (('x' || substr(replace(job::text, '-', ''), 1, 12))::bit(48)::bigint / 86400000)::int
$$;

-- Which generation is shown.
CREATE FUNCTION skynet.generation_of(p_projection text) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT generation FROM skynet.checkpoints WHERE projection = p_projection
$$;

SELECT skynet.add_generation(p, 1) FROM unnest(ARRAY['job', 'step', 'audit']) p;
INSERT INTO skynet.checkpoints (projection) VALUES ('job'), ('step'), ('audit');

-- Notes what proves a segment: one whose time is over and whose jobs are done. Again, if jobs went on since.
CREATE FUNCTION skynet.seal_segment(p_name text, p_root bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE is_live boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM skynet.segments WHERE name = p_name AND dropped_at IS NULL
      AND hi <= skynet.uuid7_floor(now())) THEN
    RAISE EXCEPTION 'the segment % is not there, or jobs may still begin in it', p_name;
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM skynet.%I WHERE NOT done)', 'heads_' || p_name) INTO is_live;
  IF is_live THEN
    RAISE EXCEPTION 'the segment % has jobs that live', p_name;
  END IF;
  UPDATE skynet.segments SET sealed_at = now(), merkle_root = p_root WHERE name = p_name;
END $$;

-- 3. Views for people -----------------------------------------------------------------------------------------------
-- JSON as people query it. A character that Postgres cannot hold in JSON shows as the replacement character.
CREATE FUNCTION skynet.json_of(said text) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT replace(said, '\u0000', '\ufffd')::jsonb
$$;

CREATE VIEW skynet.job AS
  SELECT j.job_id, j.workflow, j.state, j.stopping, j.paused_by, j.cause, j.submitter, j.door, j.created_at,
    j.started_at, j.ended_at, coalesce(j.ended_at, now()) - j.started_at AS took, j.mock, j.parent, j.parent_step,
    j.forked_from, j.forked_at, j.undo,
    (SELECT jsonb_object_agg(c.status, c.n) FROM (
      SELECT s.status, count(*) AS n FROM skynet.step_rows s
      WHERE s.generation = skynet.generation_of('step') AND s.job_id = j.job_id GROUP BY s.status) c) AS steps,
    EXISTS (SELECT FROM skynet.step_rows s WHERE s.generation = skynet.generation_of('step') AND s.job_id = j.job_id
      AND s.waits_for IN ('people', 'verdict')) AS waits_for_people,
    skynet.json_of(j.params) AS params, skynet.json_of(j.outputs) AS outputs, encode(j.plan, 'hex') AS plan,
    j.seq AS events, j.changed_at
  FROM skynet.job_rows j WHERE j.generation = (SELECT skynet.generation_of('job'));
COMMENT ON VIEW skynet.job IS 'Jobs: a row for each, as its last event that was read left it';
COMMENT ON COLUMN skynet.job.state IS 'planned, queued, running, succeeded, failed, cancelled or timeout';
COMMENT ON COLUMN skynet.job.stopping IS 'why a running job is to end: cancel, kill or expired';
COMMENT ON COLUMN skynet.job.steps IS 'how many instances of steps stand how; those not yet begun do not count';
COMMENT ON COLUMN skynet.job.waits_for_people IS 'whether a question is open, or somebody must say what came of a step';
COMMENT ON COLUMN skynet.job.mock IS 'whether its steps only pretended';
COMMENT ON COLUMN skynet.job.events IS 'the number of its last event';

CREATE VIEW skynet.step AS
  SELECT job_id, step, instance, key, status, waits_for, until, attempts, provider, risk, error_class, error, exit_code,
    started_at, ended_at, ended_at - started_at AS took, skynet.json_of(outputs) AS outputs,
    encode(outputs_digest, 'hex') AS outputs_digest, skynet.json_of(asked) AS asked, agreed, child, reused_from, undo,
    encode(subject, 'hex') AS subject, encode(log, 'hex') AS log, log_bytes, seq
  FROM skynet.step_rows WHERE generation = (SELECT skynet.generation_of('step'));
COMMENT ON VIEW skynet.step IS 'Steps: a row for each instance that has begun, of its latest attempt';
COMMENT ON COLUMN skynet.step.waits_for IS
  'people (a question), verdict (nobody knows what came of it), place, cache, signal, time, retry or round';
COMMENT ON COLUMN skynet.step.outputs IS 'what it gave; only its digest where that is large';
COMMENT ON COLUMN skynet.step.seq IS 'the number of the event that changed it last';

CREATE VIEW skynet.audit AS
  SELECT at, who, door, did, job_id, step, instance, skynet.json_of(said) AS said, seq
  FROM skynet.audit_rows WHERE generation = (SELECT skynet.generation_of('audit'));
COMMENT ON VIEW skynet.audit IS 'Who did or decided what, when, through which door';
COMMENT ON COLUMN skynet.audit.did IS
  'submitted, asked, approved, refused, expired, cancelled, killed, paused, resumed, retried, skipped, unknown, lost, settled, signalled or undid';

CREATE VIEW skynet.artifact AS
  SELECT job_id, step, instance, attempt, name, size, media_type, path, encode(sha256, 'hex') AS digest, at
  FROM skynet.artifact_rows WHERE generation = (SELECT skynet.generation_of('step'));
COMMENT ON VIEW skynet.artifact IS 'Files that steps left behind; the content is found by the digest';

CREATE VIEW skynet.provider AS
  SELECT 'epoch'::date + day AS day, provider,
    coalesce(sum(n) FILTER (WHERE outcome = 'started'), 0)::bigint AS attempts,
    coalesce(sum(n) FILTER (WHERE outcome = 'succeeded'), 0)::bigint AS succeeded,
    coalesce(sum(n) FILTER (WHERE outcome NOT IN ('started', 'succeeded')), 0)::bigint AS failed,
    jsonb_object_agg(outcome, n) FILTER (WHERE outcome NOT IN ('started', 'succeeded')) AS failures,
    sum(ms_sum) * interval '1 millisecond' AS took, max(ms_max) * interval '1 millisecond' AS longest,
    max(last_at) AS last_at
  FROM skynet.provider_rows WHERE generation = (SELECT skynet.generation_of('step')) GROUP BY day, provider;
COMMENT ON VIEW skynet.provider IS 'How attempts ended, by the day on which their job began and the kind of place';
COMMENT ON COLUMN skynet.provider.failures IS 'how many by class';

COMMENT ON VIEW skynet.event IS 'All that happened, in the order of the feed by xid and pos, of one job by seq';

-- 4. Privileges -----------------------------------------------------------------------------------------------------
-- As the login again, as in 0001.
RESET ROLE;

REVOKE ALL ON FUNCTION skynet.add_generation(text, int), skynet.drop_generation(text, int),
  skynet.seal_segment(text, bytea) FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'skynet_reader') THEN
    GRANT SELECT ON ALL TABLES IN SCHEMA skynet TO skynet_reader;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'skynet_engine') THEN
    GRANT SELECT ON ALL TABLES IN SCHEMA skynet TO skynet_engine;
    GRANT INSERT, UPDATE, DELETE ON skynet.job_rows, skynet.step_rows, skynet.artifact_rows, skynet.provider_rows,
      skynet.audit_rows TO skynet_engine;
    GRANT DELETE ON skynet.checkpoints TO skynet_engine;
    GRANT INSERT ON skynet.seals, skynet.seal_parts TO skynet_engine;
    GRANT EXECUTE ON FUNCTION skynet.add_generation(text, int), skynet.drop_generation(text, int),
      skynet.seal_segment(text, bytea) TO skynet_engine;
  END IF;
END $$;
