-- Schedules that a person gives a job, launches that are told why and are not repeated, and the limits that a block was held against.

alter table job
  add column version                 integer     not null default 1,
  add column is_schedule_overridden  boolean     not null default false,
  add column defined_schedule        text,
  add column defined_time_zone       text        not null default 'UTC',
  add column defined_floor_seconds   integer,
  add column defined_ceiling_seconds integer,
  add column schedule_changed_by     text,
  add column schedule_changed_at     timestamptz;

update job
set defined_schedule = schedule, defined_time_zone = time_zone, defined_floor_seconds = follow_floor_seconds,
    defined_ceiling_seconds = follow_ceiling_seconds;

comment on column job.version is 'Grows with every change of when the job runs, by a person or by a deployment.';
comment on column job.is_schedule_overridden is 'A person has given it another schedule or pace than its definition: deployments leave that alone.';
comment on column job.defined_schedule is 'What the definition says, whatever is in force. So do the other defined_ columns.';
comment on column job.schedule_changed_by is 'Who last changed when it runs; null for a deployment or the settings.';

alter table job_run
  add column is_full         boolean not null default false,
  add column is_forced       boolean not null default false,
  add column reason          text,
  add column idempotency_key text,
  -- Lowered once, and not for every search.
  add column searched        text    generated always as
    (lower(job_identifier || E'\n' || started_by || E'\n' || coalesce(message, '') || E'\n' || coalesce(reason, ''))) stored;

create unique index job_run_idempotency on job_run (started_by, idempotency_key) where idempotency_key is not null;
create index job_run_of_identifier on job_run (lower(job_identifier), job_run_id);
create index job_run_in_state on job_run (state, job_run_id);

comment on column job_run.is_full is 'Asked to read everything, whatever its tasks say.';
comment on column job_run.is_forced is 'Asked to apply past the guards.';
comment on column job_run.reason is 'Why a person launched it, in their words.';
comment on column job_run.searched is 'What people look for in a run, in small letters.';
comment on column job_run.idempotency_key is 'What the caller named the launch, so that sending it again makes no second run.';

alter table connection_block add column measures jsonb not null default '[]';

comment on column connection_block.measures is 'Array: for each class or the connection and each kind of change, how many there are, of how many stored, and the limits at that time.';
