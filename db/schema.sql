-- The schema of a database with all of db/migrations applied. Written by "npm run schema"; do not edit.

create type api_client_origin as enum ('configuration', 'command', 'api');

create type audit_outcome as enum ('done', 'refused', 'failed');

create type change_kind as enum ('insert', 'update', 'delete');

create type job_origin as enum ('configuration', 'settings');

create type job_run_state as enum ('queued', 'running', 'succeeded', 'succeeded-with-warnings', 'failed', 'blocked', 'cancelled', 'skipped');

create type log_level as enum ('debug', 'information', 'warning', 'error');

create type run_kind as enum ('synchronize', 'verify', 'export');

create type run_state as enum ('running', 'succeeded', 'failed', 'cancelled', 'interrupted', 'blocked');

create type set_state as enum ('open', 'complete', 'applied', 'dropped', 'blocked');

create type task_kind as enum ('synchronize', 'export', 'apply', 'verify', 'write-files', 'deploy-configuration', 'none');

create type trigger_kind as enum ('schedule', 'api', 'command', 'console', 'follow', 'resume');

create table api_client (
  api_client_id integer not null generated always as identity,
  identifier    text not null,
  display_name  text not null,
  origin        api_client_origin not null,
  algorithm     text not null default 'sha256'::text,
  hashed_secret text not null,
  profile       text,
  permissions   text[] not null,
  created_at    timestamp with time zone not null default now(),
  created_by    text not null,
  expires_at    timestamp with time zone,
  revoked_at    timestamp with time zone,
  revoked_by    text,
  last_used_at  timestamp with time zone,
  constraint api_client_pkey PRIMARY KEY (api_client_id),
  constraint api_client_algorithm_check CHECK (algorithm = 'sha256'::text)
);

CREATE UNIQUE INDEX api_client_identifier ON public.api_client USING btree (lower(identifier)) WHERE (revoked_at IS NULL);

comment on table api_client is 'Programs that may call the API. A revoked one stays, so that the audit can be read.';

comment on column api_client.identifier is 'The client id. Unique whatever the case among those not revoked.';

comment on column api_client.hashed_secret is 'Base64 of SHA-256 of the secret in UTF-8. Secrets made here are 32 random bytes, which no guessing reaches.';

comment on column api_client.profile is 'The profile of the configuration, or the role, that the permissions come from.';

comment on column api_client.permissions is 'Paths such as /Jobs/RunJob; each grants what is below it, too.';

comment on column api_client.last_used_at is 'When it got its last access token.';

create table association (
  association_id integer not null generated always as identity,
  entity_type_id integer not null,
  name           text not null,
  link_count     bigint not null default 0,
  constraint association_pkey PRIMARY KEY (association_id),
  constraint association_entity_type_id_name_key UNIQUE (entity_type_id, name),
  constraint association_entity_type_id_fkey FOREIGN KEY (entity_type_id) REFERENCES entity_type(entity_type_id)
);

comment on table association is 'A kind of link that leads from the resources of an entity type, such as members.';

comment on column association.link_count is 'Live links.';

create table audit_entry (
  audit_id    bigint not null generated always as identity,
  recorded_at timestamp with time zone not null default clock_timestamp(),
  actor       text not null,
  action      text not null,
  subject     text not null,
  outcome     audit_outcome not null,
  detail      jsonb not null default '{}'::jsonb,
  request_id  text,
  address     text,
  constraint audit_entry_pkey PRIMARY KEY (audit_id)
);

CREATE INDEX audit_entry_recorded ON public.audit_entry USING btree (recorded_at);

comment on table audit_entry is 'Who did what, on what, and how it ended. Rows are never changed.';

comment on column audit_entry.actor is 'An API client, or a person at the command line, in words.';

comment on column audit_entry.action is 'What was done, such as job-run.launch.';

comment on column audit_entry.subject is 'What it was done to, such as the identifier of a job.';

comment on column audit_entry.request_id is 'The request that it came with, as in the log and the answer.';

create table blocked_change (
  blocked_change_number bigint not null generated always as identity,
  set_id                integer not null,
  kind                  change_kind not null,
  entity_type_id        integer not null,
  association_id        integer,
  key                   text not null,
  target_key            text,
  before                jsonb,
  after                 jsonb,
  constraint blocked_change_pkey PRIMARY KEY (blocked_change_number)
);

CREATE INDEX blocked_change_of_set ON public.blocked_change USING btree (set_id, blocked_change_number);

comment on table blocked_change is 'What the blocked sets would write to the log of changes, in its order and with its columns.';

create table change (
  change_number  bigint not null generated always as identity,
  set_id         integer not null,
  kind           change_kind not null,
  entity_type_id integer not null,
  association_id integer,
  key            text not null,
  target_key     text,
  before         jsonb,
  after          jsonb,
  constraint change_pkey PRIMARY KEY (change_number)
);

comment on table change is 'Every insert, update and delete of a resource or a live link, in one ever-growing sequence.';

comment on column change.set_id is 'The export_set whose application made it.';

comment on column change.association_id is 'For a link: which kind. key is then the link''s source.';

comment on column change.before is 'An update: the former values of what changed. A delete: all that there was.';

comment on column change.after is 'An insert: all values. An update: what changed, with null where there is no value any more.';

create table configuration_element (
  kind       text not null,
  identifier text not null,
  place      integer not null,
  content    jsonb not null
);

CREATE UNIQUE INDEX configuration_element_name ON public.configuration_element USING btree (kind, lower(identifier));

comment on table configuration_element is 'What is deployed, an element a row, as the files say it; generated elements beside the scaffoldings that made them.';

create table configured_type (
  type_id    integer not null generated always as identity,
  identifier text not null,
  constraint configured_type_pkey PRIMARY KEY (type_id),
  constraint configured_type_identifier_key UNIQUE (identifier)
);

comment on table configured_type is 'A number for each deployed entity type and association, which stays when it is deployed anew.';

create table connection (
  connection_id integer not null generated always as identity,
  name          text not null,
  source        text not null,
  created_at    timestamp with time zone not null default now(),
  constraint connection_pkey PRIMARY KEY (connection_id),
  constraint connection_name_key UNIQUE (name)
);

comment on table connection is 'A configured system that Syncline reads.';

comment on column connection.source is 'Which system it is, such as a tenant id. Never changes: another system is another connection.';

create table connection_block (
  connection_id integer not null,
  run_id        integer not null,
  reasons       jsonb not null,
  blocked_at    timestamp with time zone not null default now(),
  constraint connection_block_pkey PRIMARY KEY (connection_id),
  constraint connection_block_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id),
  constraint connection_block_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(run_id)
);

comment on table connection_block is 'Connections with blocked sets: nothing more is read or applied until a person resumes or discards them, or a full run replaces them.';

comment on column connection_block.run_id is 'The run that blocked them.';

comment on column connection_block.reasons is 'Array of texts: what was exceeded or cannot be believed.';

create table deployed_configuration (
  is_only     boolean not null default true,
  revision    integer not null,
  engine      jsonb not null,
  deployed_at timestamp with time zone not null default now(),
  deployed_by text not null,
  constraint deployed_configuration_pkey PRIMARY KEY (is_only),
  constraint deployed_configuration_is_only_check CHECK (is_only)
);

comment on table deployed_configuration is 'The deployed configuration in the words of the engine.';

create table entity_type (
  entity_type_id integer not null generated always as identity,
  connection_id  integer not null,
  name           text not null,
  mapping        text,
  cookie         text,
  cookie_at      timestamp with time zone,
  resource_count bigint not null default 0,
  full_reason    text,
  constraint entity_type_pkey PRIMARY KEY (entity_type_id),
  constraint entity_type_connection_id_name_key UNIQUE (connection_id, name),
  constraint entity_type_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id)
);

comment on table entity_type is 'A kind of resource of a connection, and how far the store has followed it.';

comment on column entity_type.mapping is 'The mapping that the stored resources were exported with. Another one needs a full set.';

comment on column entity_type.cookie is 'Where the next incremental set begins. Written together with what led to it.';

comment on column entity_type.full_reason is 'Why the next set has to be a full one, whatever the cookie says.';

create table export_set (
  set_id         integer not null generated always as identity,
  run_id         integer not null,
  entity_type_id integer not null,
  kind           run_kind not null,
  is_full        boolean not null,
  reason         text,
  state          set_state not null default 'open'::set_state,
  mapping        text not null,
  "position"     text,
  cookie         text,
  expected_count bigint,
  page_count     integer not null default 0,
  item_count     bigint not null default 0,
  started_at     timestamp with time zone not null default now(),
  constraint export_set_pkey PRIMARY KEY (set_id),
  constraint export_set_entity_type_id_fkey FOREIGN KEY (entity_type_id) REFERENCES entity_type(entity_type_id),
  constraint export_set_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(run_id)
);

CREATE UNIQUE INDEX unfinished_set ON public.export_set USING btree (entity_type_id, kind) WHERE (state = ANY (ARRAY['open'::set_state, 'complete'::set_state]));

comment on table export_set is 'What one export of an entity type brought. Only a complete set is ever applied.';

comment on column export_set.run_id is 'The run that works on it now; a run that takes it over writes its own number here.';

comment on column export_set."position" is 'Where the export goes on after the pages stored so far.';

comment on column export_set.cookie is 'Where the next incremental set begins, once this one is complete.';

create table exported_cookie (
  entity_type_id integer not null,
  cookie_hash    bytea not null,
  change_number  bigint not null,
  exported_at    timestamp with time zone not null default now(),
  constraint exported_cookie_pkey PRIMARY KEY (entity_type_id, cookie_hash),
  constraint exported_cookie_entity_type_id_fkey FOREIGN KEY (entity_type_id) REFERENCES entity_type(entity_type_id)
);

comment on table exported_cookie is 'Cookie files that were written beside CSV files. An export from one of them tells the changes after its number.';

comment on column exported_cookie.cookie_hash is 'SHA-256 of the file.';

comment on column exported_cookie.change_number is 'The last change that those CSV files held.';

create table filtered_resource (
  entity_type_id integer not null,
  key            text not null,
  constraint filtered_resource_pkey PRIMARY KEY (entity_type_id, key)
);

comment on table filtered_resource is 'Objects that are there and do not meet the filter. Their keys are kept to notice when they are gone.';

create table graph_subscription (
  graph_subscription_id integer not null generated always as identity,
  connection            text not null,
  resource              text not null,
  notification_url      text not null,
  subscription_id       text,
  client_state_hash     bytea,
  expires_at            timestamp with time zone,
  act_at                timestamp with time zone not null,
  failures              integer not null default 0,
  problem               text,
  created_at            timestamp with time zone,
  last_notified_at      timestamp with time zone,
  constraint graph_subscription_pkey PRIMARY KEY (graph_subscription_id),
  constraint graph_subscription_subscription_id_key UNIQUE (subscription_id),
  constraint graph_subscription_check CHECK ((subscription_id IS NULL) = (client_state_hash IS NULL)),
  constraint graph_subscription_check1 CHECK ((subscription_id IS NULL) = (expires_at IS NULL))
);

CREATE UNIQUE INDEX graph_subscription_resource ON public.graph_subscription USING btree (lower(connection), resource);

comment on table graph_subscription is 'What Microsoft Graph is asked to tell of: a row for each connection and resource that is to be watched, whether there is a subscription now or not.';

comment on column graph_subscription.resource is 'As Graph names it: users, groups.';

comment on column graph_subscription.notification_url is 'The setting with which it was made, or was last tried to be.';

comment on column graph_subscription.subscription_id is 'Graph''s id of it; null while there is none.';

comment on column graph_subscription.client_state_hash is 'SHA-256 of the secret that Graph sends with every notification; the secret itself is only there.';

comment on column graph_subscription.act_at is 'When it is renewed, or tried again.';

comment on column graph_subscription.failures is 'Attempts in a row that came to nothing.';

comment on column graph_subscription.problem is 'Why the last attempt came to nothing, in a sentence; null when all is well.';

comment on column graph_subscription.created_at is 'When Graph made the subscription.';

create table installation (
  is_only         boolean not null default true,
  installation_id uuid not null default gen_random_uuid(),
  created_at      timestamp with time zone not null default now(),
  constraint installation_pkey PRIMARY KEY (is_only),
  constraint installation_is_only_check CHECK (is_only)
);

comment on table installation is 'The one Syncline installation that this database belongs to.';

comment on column installation.is_only is 'Always true, so that there is never a second row.';

create table job (
  job_id                  integer not null generated always as identity,
  identifier              text not null,
  display_name            text not null,
  schedule                text,
  time_zone               text not null default 'UTC'::text,
  next_run_at             timestamp with time zone,
  is_incremental          boolean not null default false,
  is_user_start_denied    boolean not null default false,
  is_enabled              boolean not null default true,
  follow_floor_seconds    integer,
  follow_ceiling_seconds  integer,
  follow_interval_seconds integer,
  origin                  job_origin not null,
  created_at              timestamp with time zone not null default now(),
  wake_at                 timestamp with time zone,
  constraint job_pkey PRIMARY KEY (job_id)
);

CREATE INDEX job_due ON public.job USING btree (next_run_at) WHERE (is_enabled AND (next_run_at IS NOT NULL));

CREATE UNIQUE INDEX job_identifier ON public.job USING btree (lower(identifier));

comment on table job is 'A named, ordered list of tasks.';

comment on column job.schedule is 'A cron expression; null where the job is launched only by hand or by others.';

comment on column job.next_run_at is 'When the schedule starts it next, or when a followed connection is looked at next.';

comment on column job.follow_floor_seconds is 'A job that follows its connection: the shortest pause between two runs.';

comment on column job.follow_interval_seconds is 'The pause now, which adapts between floor and ceiling to how much changes.';

comment on column job.origin is 'Deployed, or made for a connection of the settings file that no deployed job works on.';

comment on column job.wake_at is 'Of a followed connection: when to look at news that no run has begun after; null where there is none.';

create table job_run (
  job_run_id          integer not null generated always as identity,
  job_id              integer,
  job_identifier      text not null,
  state               job_run_state not null default 'queued'::job_run_state,
  trigger             trigger_kind not null,
  started_by          text not null,
  message             text,
  worker              text,
  heartbeat_at        timestamp with time zone,
  is_cancel_requested boolean not null default false,
  resumes_job_run_id  integer,
  queued_at           timestamp with time zone not null default now(),
  started_at          timestamp with time zone,
  ended_at            timestamp with time zone,
  constraint job_run_pkey PRIMARY KEY (job_run_id),
  constraint job_run_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(job_id) ON DELETE SET NULL,
  constraint job_run_resumes_job_run_id_fkey FOREIGN KEY (resumes_job_run_id) REFERENCES job_run(job_run_id) ON DELETE SET NULL
);

CREATE INDEX job_run_ended ON public.job_run USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX job_run_of_job ON public.job_run USING btree (job_id, job_run_id);

CREATE UNIQUE INDEX job_run_under_way ON public.job_run USING btree (job_id) WHERE (state = ANY (ARRAY['queued'::job_run_state, 'running'::job_run_state]));

comment on table job_run is 'One execution of a job: who started it, how far it is, and how it ended.';

comment on column job_run.started_by is 'A person, an API client, or the schedule, in words.';

comment on column job_run.message is 'What a person should know of how it goes or ended, in a sentence.';

comment on column job_run.worker is 'The worker that has it, or had it last.';

create table migration (
  number     integer not null,
  name       text not null,
  checksum   text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

create table resource (
  entity_type_id  integer not null,
  key             text not null,
  attributes      jsonb not null,
  resource_number bigint not null generated always as identity,
  constraint resource_pkey PRIMARY KEY (entity_type_id, key)
);

comment on table resource is 'Exported objects as last known.';

comment on column resource.attributes is 'Without nulls and empty collections: a name that is missing has no value.';

comment on column resource.resource_number is 'What other tables of a database may call it by. Another one when it is gone and comes back.';

create table resource_link (
  association_id integer not null,
  source_key     text not null,
  target_key     text not null,
  target_type_id integer,
  is_live        boolean not null,
  constraint resource_link_pkey PRIMARY KEY (source_key, target_key, association_id)
) partition by LIST (association_id);

CREATE INDEX resource_link_target ON ONLY public.resource_link USING btree (target_key);

comment on table resource_link is 'Links between resources as last told, a partition an association. A target may be of a type that is not exported.';

comment on column resource_link.target_type_id is 'The target''s entity type, where it is one that is exported.';

comment on column resource_link.is_live is 'Whether it counts: its source is stored, and its target is there as far as anyone can know.';

create table run (
  run_id        integer not null generated always as identity,
  connection_id integer not null,
  kind          run_kind not null,
  state         run_state not null default 'running'::run_state,
  message       text,
  started_at    timestamp with time zone not null default now(),
  ended_at      timestamp with time zone,
  task_run_id   integer,
  constraint run_pkey PRIMARY KEY (run_id),
  constraint run_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id),
  constraint run_task_run_id_fkey FOREIGN KEY (task_run_id) REFERENCES task_run(task_run_id) ON DELETE SET NULL
);

CREATE INDEX run_ended ON public.run USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX run_of_connection ON public.run USING btree (connection_id, run_id);

CREATE INDEX run_of_task_run ON public.run USING btree (task_run_id) WHERE (task_run_id IS NOT NULL);

comment on table run is 'One execution: what was done, when, and how it ended.';

comment on column run.message is 'What a person should know of how it ended, in a sentence.';

comment on column run.task_run_id is 'The task that made it; null for a command on one connection.';

create table run_object_class (
  run_id       integer not null,
  object_class text not null,
  is_full      boolean not null,
  reason       text,
  total        bigint not null,
  inserted     bigint not null,
  updated      bigint not null,
  deleted      bigint not null,
  filtered     bigint not null,
  started_at   timestamp with time zone not null,
  ended_at     timestamp with time zone not null,
  constraint run_object_class_pkey PRIMARY KEY (run_id, object_class),
  constraint run_object_class_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(run_id)
);

comment on table run_object_class is 'What a run did to one class of objects, or of links, such as group and group.members.';

comment on column run_object_class.reason is 'Why everything was read, where only changes were asked for.';

create table set_page (
  set_id       integer not null,
  page_number  integer not null,
  items        jsonb not null,
  has_removals boolean not null,
  has_unlinks  boolean not null,
  constraint set_page_pkey PRIMARY KEY (set_id, page_number),
  constraint set_page_set_id_fkey FOREIGN KEY (set_id) REFERENCES export_set(set_id)
);

comment on table set_page is 'Pages as they came. Gone once the set is applied.';

comment on column set_page.items is 'Array of objects: k key, a attributes, x why it is gone, l linked keys by link name and type, u unlinked keys by link name.';

create table signing_key (
  key_id      text not null,
  private_key jsonb not null,
  created_at  timestamp with time zone not null,
  constraint signing_key_pkey PRIMARY KEY (key_id)
);

comment on table signing_key is 'Keys that access tokens are signed with. Whoever can read this table can make tokens of any client.';

comment on column signing_key.private_key is 'As a JSON Web Key, in clear.';

create table task (
  task_id            integer not null generated always as identity,
  job_id             integer not null,
  identifier         text not null,
  display_name       text not null,
  kind               task_kind not null,
  level              integer not null,
  place              integer not null,
  connections        text[] not null,
  is_full            boolean not null,
  is_forced          boolean not null,
  continues_on_error boolean not null,
  depends_on         text[] not null,
  options            jsonb not null,
  constraint task_pkey PRIMARY KEY (task_id),
  constraint task_job_id_identifier_key UNIQUE (job_id, identifier),
  constraint task_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(job_id) ON DELETE CASCADE
);

comment on table task is 'One stage of a job. Tasks of one level run side by side.';

comment on column task.place is 'The order in which the job names its tasks.';

comment on column task.depends_on is 'Identifiers of tasks of the job that have to succeed first.';

create table task_run (
  task_run_id integer not null generated always as identity,
  job_run_id  integer not null,
  place       integer not null,
  identifier  text not null,
  definition  jsonb not null,
  state       job_run_state not null default 'queued'::job_run_state,
  message     text,
  progress    jsonb,
  attempt     integer not null default 0,
  started_at  timestamp with time zone,
  ended_at    timestamp with time zone,
  constraint task_run_pkey PRIMARY KEY (task_run_id),
  constraint task_run_job_run_id_place_key UNIQUE (job_run_id, place),
  constraint task_run_job_run_id_fkey FOREIGN KEY (job_run_id) REFERENCES job_run(job_run_id) ON DELETE CASCADE
);

comment on table task_run is 'One execution of a task, as the job was when the run was asked for.';

comment on column task_run.definition is 'The task as the job had it then.';

comment on column task_run.progress is 'How far it is: objects and links read and applied by class.';

create table task_run_log (
  task_run_id integer not null,
  line_number integer not null generated always as identity,
  level       log_level not null,
  message     text not null,
  logged_at   timestamp with time zone not null default now(),
  constraint task_run_log_pkey PRIMARY KEY (task_run_id, line_number),
  constraint task_run_log_task_run_id_fkey FOREIGN KEY (task_run_id) REFERENCES task_run(task_run_id) ON DELETE CASCADE
);

comment on table task_run_log is 'What a task told while it ran.';

create table worker (
  worker       text not null,
  host         text not null,
  process_id   integer not null,
  version      text not null,
  slots        integer not null,
  started_at   timestamp with time zone not null default now(),
  heartbeat_at timestamp with time zone not null default now(),
  constraint worker_pkey PRIMARY KEY (worker)
);

comment on table worker is 'Workers that are alive, or were a moment ago.';
