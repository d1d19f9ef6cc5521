-- Jobs with their tasks and schedules, and what became of every execution of them.

create type task_kind as enum
  ('synchronize', 'export', 'apply', 'verify', 'write-files', 'deploy-configuration', 'none');
create type job_run_state as enum
  ('queued', 'running', 'succeeded', 'succeeded-with-warnings', 'failed', 'blocked', 'cancelled', 'skipped');
create type trigger_kind as enum ('schedule', 'api', 'command', 'console', 'follow', 'resume');
create type job_origin as enum ('configuration', 'settings');
create type log_level as enum ('debug', 'information', 'warning', 'error');

create table job (
  job_id                  integer     primary key generated always as identity,
  identifier              text        not null,
  display_name            text        not null,
  schedule                text,
  time_zone               text        not null default 'UTC',
  next_run_at             timestamptz,
  is_incremental          boolean     not null default false,
  is_user_start_denied    boolean     not null default false,
  is_enabled              boolean     not null default true,
  follow_floor_seconds    integer,
  follow_ceiling_seconds  integer,
  follow_interval_seconds integer,
  origin                  job_origin  not null,
  created_at              timestamptz not null default now()
);

create unique index job_identifier on job (lower(identifier));
create index job_due on job (next_run_at) where is_enabled and next_run_at is not null;

comment on table job is 'A named, ordered list of tasks.';
comment on column job.schedule is 'A cron expression; null where the job is launched only by hand or by others.';
comment on column job.next_run_at is 'When the schedule starts it next, or when a followed connection is looked at next.';
comment on column job.follow_floor_seconds is 'A job that follows its connection: the shortest pause between two runs.';
comment on column job.follow_interval_seconds is 'The pause now, which adapts between floor and ceiling to how much changes.';
comment on column job.origin is 'Deployed, or made for a connection of the settings file that no deployed job works on.';

create table task (
  task_id            integer   primary key generated always as identity,
  job_id             integer   not null references job on delete cascade,
  identifier         text      not null,
  display_name       text      not null,
  kind               task_kind not null,
  level              integer   not null,
  place              integer   not null,
  connections        text[]    not null,
  is_full            boolean   not null,
  is_forced          boolean   not null,
  continues_on_error boolean   not null,
  depends_on         text[]    not null,
  options            jsonb     not null,
  unique (job_id, identifier)
);

comment on table task is 'One stage of a job. Tasks of one level run side by side.';
comment on column task.place is 'The order in which the job names its tasks.';
comment on column task.depends_on is 'Identifiers of tasks of the job that have to succeed first.';

create table job_run (
  job_run_id          integer       primary key generated always as identity,
  job_id              integer       references job on delete set null,
  job_identifier      text          not null,
  state               job_run_state not null default 'queued',
  trigger             trigger_kind  not null,
  started_by          text          not null,
  message             text,
  worker              text,
  heartbeat_at        timestamptz,
  is_cancel_requested boolean       not null default false,
  resumes_job_run_id  integer       references job_run on delete set null,
  queued_at           timestamptz   not null default now(),
  started_at          timestamptz,
  ended_at            timestamptz
);

create index job_run_of_job on job_run (job_id, job_run_id);
create unique index job_run_under_way on job_run (job_id) where state in ('queued', 'running');
create index job_run_ended on job_run (ended_at) where ended_at is not null;

comment on table job_run is 'One execution of a job: who started it, how far it is, and how it ended.';
comment on column job_run.started_by is 'A person, an API client, or the schedule, in words.';
comment on column job_run.message is 'What a person should know of how it goes or ended, in a sentence.';
comment on column job_run.worker is 'The worker that has it, or had it last.';

create table task_run (
  task_run_id  integer       primary key generated always as identity,
  job_run_id   integer       not null references job_run on delete cascade,
  place        integer       not null,
  identifier   text          not null,
  definition   jsonb         not null,
  state        job_run_state not null default 'queued',
  message      text,
  progress     jsonb,
  attempt      integer       not null default 0,
  started_at   timestamptz,
  ended_at     timestamptz,
  unique (job_run_id, place)
);

comment on table task_run is 'One execution of a task, as the job was when the run was asked for.';
comment on column task_run.definition is 'The task as the job had it then.';
comment on column task_run.progress is 'How far it is: objects and links read and applied by class.';

create table task_run_log (
  task_run_id integer     not null references task_run on delete cascade,
  line_number integer     not null generated always as identity,
  level       log_level   not null,
  message     text        not null,
  logged_at   timestamptz not null default now(),
  primary key (task_run_id, line_number)
);

comment on table task_run_log is 'What a task told while it ran.';

alter table run add column task_run_id integer references task_run on delete set null;
create index run_of_task_run on run (task_run_id) where task_run_id is not null;

comment on column run.task_run_id is 'The task that made it; null for a command on one connection.';

create table worker (
  worker       text        primary key,
  host         text        not null,
  process_id   integer     not null,
  version      text        not null,
  slots        integer     not null,
  started_at   timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

comment on table worker is 'Workers that are alive, or were a moment ago.';
