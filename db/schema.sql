-- The schema of a database with all of db/migrations applied. Written by "npm run schema"; do not edit.

create type api_client_origin as enum ('configuration', 'command', 'api');

create type audit_outcome as enum ('done', 'refused', 'failed');

create type change_kind as enum ('insert', 'update', 'delete');

create type credential_profile_type as enum ('client-secret', 'certificate', 'managed-identity', 'user-password');

create type credential_test_outcome as enum ('passed', 'failed');

create type entry_action as enum ('CREATE', 'UPDATE', 'DELETE', 'LINK', 'UNLINK', 'EXCEPTION', 'IGNORE', 'REPORT', 'NOREPORT', 'ASYNC');

create type entry_phase as enum ('source', 'target');

create type entry_status as enum ('proposed', 'succeeded', 'failed');

create type job_origin as enum ('configuration', 'settings', 'console');

create type job_run_state as enum ('queued', 'running', 'succeeded', 'succeeded-with-warnings', 'failed', 'blocked', 'cancelled', 'skipped');

create type log_level as enum ('debug', 'information', 'warning', 'error');

create type mapping_origin as enum ('console', 'configuration', 'api', 'command');

create type reconciliation_mode as enum ('full', 'incremental', 'query', 'keys');

create type reconciliation_stage as enum ('reading', 'pairing', 'correlating', 'assessing', 'checking', 'acting', 'ended');

create type reconciliation_state as enum ('running', 'succeeded', 'succeeded-with-failures', 'failed', 'blocked', 'cancelled', 'interrupted');

create type run_kind as enum ('synchronize', 'verify', 'export', 'reconcile', 'edit');

create type run_state as enum ('running', 'succeeded', 'failed', 'cancelled', 'interrupted', 'blocked');

create type set_state as enum ('open', 'complete', 'applied', 'dropped', 'blocked');

create type situation as enum ('CONFIRMED', 'FOUND', 'ABSENT', 'FOUND_ALREADY_LINKED', 'AMBIGUOUS', 'MISSING', 'UNQUALIFIED', 'UNASSIGNED', 'SOURCE_MISSING', 'LINK_ONLY', 'SOURCE_IGNORED', 'TARGET_IGNORED', 'ALL_GONE');

create type task_kind as enum ('synchronize', 'export', 'apply', 'verify', 'write-files', 'deploy-configuration', 'none', 'reconcile');

create type tenant_cloud as enum ('Global', 'USGovL4', 'USGovL5', 'China', 'Custom', 'Simulated');

create type trigger_kind as enum ('schedule', 'api', 'command', 'console', 'follow', 'resume');

create type user_role as enum ('administrator', 'operator', 'auditor');

create table account_link (
  link_number       bigint not null generated always as identity,
  mapping_id        integer not null,
  qualifier         text not null,
  source_key        text not null,
  target_key        text not null,
  settled_source    bigint,
  settled_target    bigint,
  settled_revision  integer,
  matched_on        jsonb,
  reconciliation_id integer,
  linked_at         timestamp with time zone not null default now(),
  linked_by         text,
  constraint account_link_pkey PRIMARY KEY (link_number),
  constraint account_link_source UNIQUE (source_key, mapping_id, qualifier),
  constraint account_link_target UNIQUE (target_key, mapping_id, qualifier),
  constraint account_link_mapping_id_fkey FOREIGN KEY (mapping_id) REFERENCES mapping(mapping_id) ON DELETE CASCADE
);

comment on table account_link is 'Which source resource a target object belongs to, for each mapping that keeps links and each of its qualifiers.';

comment on column account_link.settled_source is 'The fingerprint of the source resource when the pair was last found, or made, as the mapping wants it; settled_target is that of the target, settled_revision the mapping''s.';

comment on column account_link.matched_on is 'What the pair was matched on when it was linked: the rule and the values; null where the target was made.';

comment on column account_link.reconciliation_id is 'The run that linked them; null where a person did.';

create table api_client (
  api_client_id          integer not null generated always as identity,
  identifier             text not null,
  display_name           text not null,
  origin                 api_client_origin not null,
  algorithm              text not null default 'sha256'::text,
  hashed_secret          text not null,
  profile                text,
  permissions            text[] not null,
  created_at             timestamp with time zone not null default now(),
  created_by             text not null,
  expires_at             timestamp with time zone,
  revoked_at             timestamp with time zone,
  revoked_by             text,
  last_used_at           timestamp with time zone,
  previous_hashed_secret text,
  previous_until         timestamp with time zone,
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

comment on column api_client.previous_hashed_secret is 'The secret before the one that holds; it is taken as well until previous_until.';

create table application (
  application_id   integer not null generated always as identity,
  name             text not null,
  template         text not null,
  description      text not null default ''::text,
  is_authoritative boolean not null,
  is_enabled       boolean not null default true,
  owners           text[] not null default '{}'::text[],
  connection_name  text,
  version          integer not null default 1,
  created_at       timestamp with time zone not null default now(),
  created_by       text not null,
  changed_at       timestamp with time zone not null default now(),
  changed_by       text not null,
  constraint application_pkey PRIMARY KEY (application_id)
);

CREATE UNIQUE INDEX application_name ON public.application USING btree (lower(name));

comment on table application is 'Systems that accounts come from or go to, as people know them: a connection, mappings and schedules under one name.';

comment on column application.template is 'Which entry of the catalog it was made from.';

comment on column application.owners is 'Keys of identities.';

comment on column application.connection_name is 'The connection that it reads; null until it is set up. A name, as connections of settings files have no row before they have run.';

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
  search_text text not null generated always as (lower(((((((((((actor || ' '::text) || action) || ' '::text) || subject) || ' '::text) || (detail)::text) || ' '::text) || COALESCE(request_id, ''::text)) || ' '::text) || COALESCE(address, ''::text)))) stored,
  constraint audit_entry_pkey PRIMARY KEY (audit_id)
);

CREATE INDEX audit_entry_action ON public.audit_entry USING btree (action, audit_id);

CREATE INDEX audit_entry_actor ON public.audit_entry USING btree (actor, audit_id);

CREATE INDEX audit_entry_recorded ON public.audit_entry USING btree (recorded_at);

CREATE INDEX audit_entry_subject ON public.audit_entry USING btree (lower(subject), audit_id);

comment on table audit_entry is 'Who did what, on what, and how it ended. Rows are never changed.';

comment on column audit_entry.actor is 'An API client, or a person at the command line, in words.';

comment on column audit_entry.action is 'What was done, such as job-run.launch.';

comment on column audit_entry.subject is 'What it was done to, such as the identifier of a job.';

comment on column audit_entry.request_id is 'The request that it came with, as in the log and the answer.';

comment on column audit_entry.search_text is 'Everything that is searched of it, in small letters.';

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
  measures      jsonb not null default '[]'::jsonb,
  constraint connection_block_pkey PRIMARY KEY (connection_id),
  constraint connection_block_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id),
  constraint connection_block_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(run_id)
);

comment on table connection_block is 'Connections with blocked sets: nothing more is read or applied until a person resumes or discards them, or a full run replaces them.';

comment on column connection_block.run_id is 'The run that blocked them.';

comment on column connection_block.reasons is 'Array of texts: what was exceeded or cannot be believed.';

comment on column connection_block.measures is 'Array: for each class or the connection and each kind of change, how many there are, of how many stored, and the limits at that time.';

create table connection_removal (
  removal_id      integer not null generated always as identity,
  connection      text not null,
  connection_id   integer,
  entity_type_ids integer[] not null default '{}'::integer[],
  association_ids integer[] not null default '{}'::integer[],
  key_position    text not null default ''::text,
  change_position bigint not null default 0,
  last_change     bigint not null default 0,
  total           bigint not null default 0,
  done            bigint not null default 0,
  requested_at    timestamp with time zone not null default now(),
  requested_by    text not null,
  constraint connection_removal_pkey PRIMARY KEY (removal_id)
);

comment on table connection_removal is 'Connections whose data is being removed. A row goes with the last of what it stands for.';

comment on column connection_removal.connection_id is 'Null once the connection is out of sight, in one transaction: what is left then belongs to nobody, and is deleted bit by bit.';

comment on column connection_removal.entity_type_ids is 'Whose resources and changes are still to be deleted.';

comment on column connection_removal.association_ids is 'Whose partitions of resource_link are still to be dropped.';

comment on column connection_removal.key_position is 'Resources of the first entity type are deleted up to this key.';

comment on column connection_removal.change_position is 'Changes are deleted up to this number; to last_change there may be some.';

comment on column connection_removal.total is 'Resources and changes to look at, when the removal began.';

create table correlation_index (
  entity_type_id integer not null,
  attribute      text not null,
  index_name     text not null,
  used_at        timestamp with time zone not null default now(),
  constraint correlation_index_pkey PRIMARY KEY (entity_type_id, attribute),
  constraint correlation_index_index_name_key UNIQUE (index_name)
);

comment on table correlation_index is 'Indexes that were made on attributes of resources, because mappings look for values of them.';

comment on column correlation_index.used_at is 'The day on which a run last asked for it; what no run asks for any more is dropped.';

create table credential (
  credential_id         integer not null generated always as identity,
  credential_profile_id integer not null,
  place                 integer not null,
  label                 text not null,
  sealed_secret         text,
  user_name             text,
  certificate           text,
  thumbprint            text,
  subject               text,
  set_at                timestamp with time zone not null default now(),
  set_by                text not null,
  expires_at            timestamp with time zone,
  last_used_at          timestamp with time zone,
  last_used_refusal     text,
  last_tested_at        timestamp with time zone,
  last_test_outcome     credential_test_outcome,
  last_test_message     text,
  constraint credential_pkey PRIMARY KEY (credential_id),
  constraint credential_place UNIQUE (credential_profile_id, place) DEFERRABLE INITIALLY DEFERRED,
  constraint credential_credential_profile_id_fkey FOREIGN KEY (credential_profile_id) REFERENCES credential_profile(credential_profile_id) ON DELETE CASCADE
);

comment on table credential is 'What proves to Microsoft Entra who signs in. The first of a profile that works is used.';

comment on column credential.place is 'The order in which they are tried, from 1 on.';

comment on column credential.sealed_secret is 'The secret, private key or password, sealed. Null for a managed identity, which has none.';

comment on column credential.certificate is 'The certificate in PEM; it is public.';

comment on column credential.thumbprint is 'SHA-1 of the certificate in hexadecimal, as the app registration shows it.';

comment on column credential.expires_at is 'Read from the certificate; as a person typed it for a secret; null where it is not known.';

comment on column credential.last_used_refusal is 'Why the last sign-in of a run with it was refused; null where it was accepted, or there was none.';

create table credential_profile (
  credential_profile_id integer not null generated always as identity,
  name                  text not null,
  description           text not null default ''::text,
  type                  credential_profile_type not null,
  client_id             text,
  version               integer not null default 1,
  created_at            timestamp with time zone not null default now(),
  created_by            text not null,
  changed_at            timestamp with time zone not null default now(),
  changed_by            text not null,
  constraint credential_profile_pkey PRIMARY KEY (credential_profile_id),
  constraint credential_profile_check CHECK ((client_id IS NULL) <= (type = 'managed-identity'::credential_profile_type))
);

CREATE UNIQUE INDEX credential_profile_name ON public.credential_profile USING btree (lower(name));

comment on table credential_profile is 'How to sign in to Microsoft Entra: an application and its credentials.';

comment on column credential_profile.client_id is 'The application (client) id. Null for the managed identity that the machine itself has.';

comment on column credential_profile.version is 'Counts changes of the profile and of its credentials, so that nobody overwrites what they have not seen.';

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

create table directory_entry (
  entry_number   bigint not null generated always as identity,
  entity_type_id integer not null,
  key            text not null,
  name           text not null,
  sort_name      text not null,
  words          text[] not null,
  first_change   bigint not null,
  deleted_change bigint,
  constraint directory_entry_pkey PRIMARY KEY (entry_number),
  constraint directory_entry_entity_type_id_key_key UNIQUE (entity_type_id, key)
);

comment on table directory_entry is 'Every resource that is or was stored, as it is searched for.';

comment on column directory_entry.sort_name is 'The beginning of the name, without case and accents.';

comment on column directory_entry.words is 'The words of its rows in directory_word.';

comment on column directory_entry.first_change is 'The change with which it was seen first.';

comment on column directory_entry.deleted_change is 'The change that deleted it, with its last values; null while it is stored.';

create table directory_event (
  connection_id integer not null,
  key           text not null,
  is_link       boolean not null,
  change_number bigint not null,
  constraint directory_event_pkey PRIMARY KEY (connection_id, key, is_link, change_number)
);

comment on table directory_event is 'The changes of each resource, and of the links from and to it. Those that a first synchronization logs are left out.';

create table directory_index (
  is_only       boolean not null default true,
  change_number bigint not null default 0,
  followed_at   timestamp with time zone not null default now(),
  constraint directory_index_pkey PRIMARY KEY (is_only),
  constraint directory_index_is_only_check CHECK (is_only)
);

comment on table directory_index is 'How far the tables directory_entry, directory_word and directory_event have followed the log of changes. Whoever follows locks its row.';

comment on column directory_index.change_number is 'The last change that is in them.';

create table directory_word (
  scope_id      integer not null,
  word          text not null,
  sort_name     text not null,
  entry_number  bigint not null,
  shared_length smallint not null,
  constraint directory_word_pkey PRIMARY KEY (scope_id, word, sort_name, entry_number) INCLUDE (shared_length)
);

comment on table directory_word is 'The words by which entries are found. Every entry has the word ''''; a tag with the number 7 is the word #7.';

comment on column directory_word.scope_id is 'The entity type; less than zero for entries of deleted resources.';

comment on column directory_word.shared_length is 'How many letters it begins with in common with the word before it of the same entry: a search for the beginning of words counts each entry once by it.';

create table entity_type (
  entity_type_id    integer not null generated always as identity,
  connection_id     integer not null,
  name              text not null,
  mapping           text,
  cookie            text,
  cookie_at         timestamp with time zone,
  resource_count    bigint not null default 0,
  full_reason       text,
  full_requested_at timestamp with time zone,
  full_requested_by text,
  constraint entity_type_pkey PRIMARY KEY (entity_type_id),
  constraint entity_type_connection_id_name_key UNIQUE (connection_id, name),
  constraint entity_type_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id)
);

comment on table entity_type is 'A kind of resource of a connection, and how far the store has followed it.';

comment on column entity_type.mapping is 'The mapping that the stored resources were exported with. Another one needs a full set.';

comment on column entity_type.cookie is 'Where the next incremental set begins. Written together with what led to it.';

comment on column entity_type.full_reason is 'Why the next set has to be a full one, whatever the cookie says.';

comment on column entity_type.full_requested_at is 'When a person asked for a full scan on the next run; null where full_reason has another cause, or none.';

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

CREATE INDEX export_set_of_run ON public.export_set USING btree (run_id);

CREATE INDEX export_set_of_type ON public.export_set USING btree (entity_type_id, set_id);

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

create table identity_type (
  entity_type_id    integer not null,
  custom_attributes jsonb not null default '[]'::jsonb,
  version           integer not null default 1,
  changed_at        timestamp with time zone not null default now(),
  changed_by        text not null,
  constraint identity_type_pkey PRIMARY KEY (entity_type_id),
  constraint identity_type_entity_type_id_fkey FOREIGN KEY (entity_type_id) REFERENCES entity_type(entity_type_id)
);

comment on table identity_type is 'What people have added to the types of the identities directory; what each has of itself stands in src/model/identity-schema.ts.';

comment on column identity_type.custom_attributes is 'List of attributes, each with name, label, description, type, isMultiValued and isRequired.';

create table installation (
  is_only         boolean not null default true,
  installation_id uuid not null default gen_random_uuid(),
  created_at      timestamp with time zone not null default now(),
  sealed_check    text,
  constraint installation_pkey PRIMARY KEY (is_only),
  constraint installation_is_only_check CHECK (is_only)
);

comment on table installation is 'The one Syncline installation that this database belongs to.';

comment on column installation.is_only is 'Always true, so that there is never a second row.';

comment on column installation.sealed_check is 'A known text, sealed with the key that the secrets of this database are sealed with: null until there is one.';

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
  version                 integer not null default 1,
  is_schedule_overridden  boolean not null default false,
  defined_schedule        text,
  defined_time_zone       text not null default 'UTC'::text,
  defined_floor_seconds   integer,
  defined_ceiling_seconds integer,
  schedule_changed_by     text,
  schedule_changed_at     timestamp with time zone,
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

comment on column job.version is 'Grows with every change of when the job runs, by a person or by a deployment.';

comment on column job.is_schedule_overridden is 'A person has given it another schedule or pace than its definition: deployments leave that alone.';

comment on column job.defined_schedule is 'What the definition says, whatever is in force. So do the other defined_ columns.';

comment on column job.schedule_changed_by is 'Who last changed when it runs; null for a deployment or the settings.';

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
  is_full             boolean not null default false,
  is_forced           boolean not null default false,
  reason              text,
  idempotency_key     text,
  searched            text generated always as (lower(((((((job_identifier || '
'::text) || started_by) || '
'::text) || COALESCE(message, ''::text)) || '
'::text) || COALESCE(reason, ''::text)))) stored,
  constraint job_run_pkey PRIMARY KEY (job_run_id),
  constraint job_run_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(job_id) ON DELETE SET NULL,
  constraint job_run_resumes_job_run_id_fkey FOREIGN KEY (resumes_job_run_id) REFERENCES job_run(job_run_id) ON DELETE SET NULL
);

CREATE INDEX job_run_ended ON public.job_run USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX job_run_idempotency ON public.job_run USING btree (started_by, idempotency_key) WHERE (idempotency_key IS NOT NULL);

CREATE INDEX job_run_in_state ON public.job_run USING btree (state, job_run_id);

CREATE INDEX job_run_of_identifier ON public.job_run USING btree (lower(job_identifier), job_run_id);

CREATE INDEX job_run_of_job ON public.job_run USING btree (job_id, job_run_id);

CREATE INDEX job_run_resumes ON public.job_run USING btree (resumes_job_run_id) WHERE (resumes_job_run_id IS NOT NULL);

CREATE UNIQUE INDEX job_run_under_way ON public.job_run USING btree (job_id) WHERE (state = ANY (ARRAY['queued'::job_run_state, 'running'::job_run_state]));

comment on table job_run is 'One execution of a job: who started it, how far it is, and how it ended.';

comment on column job_run.started_by is 'A person, an API client, or the schedule, in words.';

comment on column job_run.message is 'What a person should know of how it goes or ended, in a sentence.';

comment on column job_run.worker is 'The worker that has it, or had it last.';

comment on column job_run.is_full is 'Asked to read everything, whatever its tasks say.';

comment on column job_run.is_forced is 'Asked to apply past the guards.';

comment on column job_run.reason is 'Why a person launched it, in their words.';

comment on column job_run.idempotency_key is 'What the caller named the launch, so that sending it again makes no second run.';

comment on column job_run.searched is 'What people look for in a run, in small letters.';

create table mapping (
  mapping_id      integer not null generated always as identity,
  name            text not null,
  application_id  integer,
  origin          mapping_origin not null,
  is_enabled      boolean not null,
  definition      jsonb not null,
  revision        integer not null default 1,
  seed            bigint not null default ((random() * ('9007199254740991'::bigint)::double precision))::bigint,
  change_position bigint,
  link_position   bigint not null default 0,
  version         integer not null default 1,
  created_at      timestamp with time zone not null default now(),
  created_by      text not null,
  changed_at      timestamp with time zone not null default now(),
  changed_by      text not null,
  constraint mapping_pkey PRIMARY KEY (mapping_id),
  constraint mapping_application_id_fkey FOREIGN KEY (application_id) REFERENCES application(application_id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX mapping_name ON public.mapping USING btree (lower(name));

CREATE INDEX mapping_of_application ON public.mapping USING btree (application_id);

comment on table mapping is 'How resources of one entity type are paired with those of another, and what is done about each pair.';

comment on column mapping.revision is 'Grows with every change that may give another result: what was found equal before is compared again then.';

comment on column mapping.seed is 'Of the fingerprints of resources, so that nobody can make two that agree.';

comment on column mapping.change_position is 'Everything in the log of changes up to this number has been reconciled; null before the first full run.';

comment on column mapping.link_position is 'Account links up to this number were there when it was last reconciled: references may lead along later ones.';

create table migration (
  number     integer not null,
  name       text not null,
  checksum   text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

create table reconciliation (
  reconciliation_id  integer not null generated always as identity,
  mapping_id         integer,
  mapping_name       text not null,
  definition         jsonb not null,
  revision           integer not null,
  mode               reconciliation_mode not null,
  is_dry_run         boolean not null,
  is_forced          boolean not null default false,
  parameters         jsonb not null default '{}'::jsonb,
  state              reconciliation_state not null default 'running'::reconciliation_state,
  stage              reconciliation_stage not null default 'reading'::reconciliation_stage,
  message            text,
  counts             jsonb not null default '{}'::jsonb,
  durations          jsonb not null default '{}'::jsonb,
  block_reasons      jsonb,
  change_position    bigint,
  entry_position     bigint not null default 0,
  stage_done         bigint not null default 0,
  stage_total        bigint,
  task_run_id        integer,
  run_id             integer,
  started_by         text not null,
  started_at         timestamp with time zone not null default now(),
  stage_at           timestamp with time zone not null default now(),
  ended_at           timestamp with time zone,
  entries_removed_at timestamp with time zone,
  constraint reconciliation_pkey PRIMARY KEY (reconciliation_id),
  constraint reconciliation_mapping_id_fkey FOREIGN KEY (mapping_id) REFERENCES mapping(mapping_id) ON DELETE SET NULL,
  constraint reconciliation_task_run_id_fkey FOREIGN KEY (task_run_id) REFERENCES task_run(task_run_id) ON DELETE SET NULL
);

CREATE INDEX reconciliation_of_mapping ON public.reconciliation USING btree (mapping_id, reconciliation_id);

CREATE INDEX reconciliation_of_run ON public.reconciliation USING btree (run_id) WHERE (run_id IS NOT NULL);

CREATE INDEX reconciliation_of_task_run ON public.reconciliation USING btree (task_run_id) WHERE (task_run_id IS NOT NULL);

comment on table reconciliation is 'One run of a mapping: what it looked at, what it found and what it did.';

comment on column reconciliation.definition is 'The mapping as it was then; revision is its number.';

comment on column reconciliation.parameters is 'What was asked for: query or keys; replacements of settings of the mapping for this run.';

comment on column reconciliation.durations is 'Milliseconds by stage.';

comment on column reconciliation.change_position is 'Where the log of changes was when the run began: what an incremental run starts from once this one has succeeded.';

comment on column reconciliation.entry_position is 'Entries up to this number are done; whoever goes on after a crash begins after it.';

comment on column reconciliation.stage_done is 'How far its stage is, of stage_total where that is known.';

comment on column reconciliation.run_id is 'The run of the target connection that wrote what it did.';

comment on column reconciliation.entries_removed_at is 'When its entries were removed, because newer runs are kept; null while they are there.';

create table reconciliation_entry (
  reconciliation_id integer not null,
  entry_number      bigint not null,
  phase             entry_phase not null,
  qualifier         text not null,
  situation         situation,
  action            entry_action,
  status            entry_status not null,
  message           text,
  source_key        text,
  target_key        text,
  source_name       text,
  target_name       text,
  matched_on        jsonb,
  ambiguous_keys    text[],
  policy            integer,
  changes           jsonb,
  link_number       bigint,
  source_print      bigint,
  target_print      bigint,
  created_key       text,
  match_count       integer not null default 0,
  constraint reconciliation_entry_pkey PRIMARY KEY (reconciliation_id, entry_number)
);

CREATE INDEX reconciliation_entry_by_situation ON public.reconciliation_entry USING btree (reconciliation_id, situation, entry_number);

CREATE INDEX reconciliation_entry_failed ON public.reconciliation_entry USING btree (reconciliation_id, entry_number) WHERE (status = 'failed'::entry_status);

comment on table reconciliation_entry is 'What a run found of a pair, what was decided and what became of it. Linked pairs that were as they should be are in reconciliation_unchanged instead.';

comment on column reconciliation_entry.situation is 'Null where finding it out failed.';

comment on column reconciliation_entry.status is 'Not written again when its action is done: what is proposed up to the position of the run has succeeded.';

comment on column reconciliation_entry.ambiguous_keys is 'The first hundred of match_count.';

comment on column reconciliation_entry.policy is 'The place, from 1 on, of the policy that decided; null where it was the usual action of the situation.';

comment on column reconciliation_entry.changes is 'before and after: values of the attributes of the target that change.';

comment on column reconciliation_entry.source_print is 'The fingerprint of what was looked at. Where the target has another one when the entry is done, somebody else was there meanwhile, and the entry fails.';

comment on column reconciliation_entry.created_key is 'The key that a CREATE gives the object; target_key is then what was there before.';

create table reconciliation_retry (
  mapping_id      integer not null,
  qualifier       text not null,
  phase           entry_phase not null,
  key             text not null,
  attempts        integer not null default 1,
  message         text not null,
  first_failed_at timestamp with time zone not null default now(),
  last_failed_at  timestamp with time zone not null default now(),
  constraint reconciliation_retry_pkey PRIMARY KEY (mapping_id, qualifier, phase, key),
  constraint reconciliation_retry_mapping_id_fkey FOREIGN KEY (mapping_id) REFERENCES mapping(mapping_id) ON DELETE CASCADE
);

comment on table reconciliation_retry is 'Entries that failed and are looked at again by every run, whatever it reads, until they succeed.';

create table reconciliation_unchanged (
  reconciliation_id integer not null,
  chunk_number      integer not null,
  link_numbers      bigint[] not null,
  constraint reconciliation_unchanged_pkey PRIMARY KEY (reconciliation_id, chunk_number)
);

comment on table reconciliation_unchanged is 'Account links whose pairs a run found as they should be, a thousand a row: confirmed, and nothing to do.';

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

create table resource_tag (
  tag_id         integer not null,
  entity_type_id integer not null,
  key            text not null,
  tagged_at      timestamp with time zone not null default now(),
  tagged_by      text not null,
  constraint resource_tag_pkey PRIMARY KEY (entity_type_id, key, tag_id),
  constraint resource_tag_entity_type_id_fkey FOREIGN KEY (entity_type_id) REFERENCES entity_type(entity_type_id) ON DELETE CASCADE,
  constraint resource_tag_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tag(tag_id) ON DELETE CASCADE
);

CREATE INDEX resource_tag_of_tag ON public.resource_tag USING btree (tag_id);

comment on table resource_tag is 'Which resources have a tag. It stays when the resource is deleted, and is there when it comes back.';

create table run (
  run_id        integer not null generated always as identity,
  connection_id integer not null,
  kind          run_kind not null,
  state         run_state not null default 'running'::run_state,
  message       text,
  started_at    timestamp with time zone not null default now(),
  ended_at      timestamp with time zone,
  task_run_id   integer,
  label         text,
  constraint run_pkey PRIMARY KEY (run_id),
  constraint run_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id),
  constraint run_task_run_id_fkey FOREIGN KEY (task_run_id) REFERENCES task_run(task_run_id) ON DELETE SET NULL
);

CREATE INDEX run_ended ON public.run USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX run_of_connection ON public.run USING btree (connection_id, run_id);

CREATE INDEX run_of_task_run ON public.run USING btree (task_run_id) WHERE (task_run_id IS NOT NULL);

CREATE INDEX run_under_way ON public.run USING btree (connection_id) WHERE (state = 'running'::run_state);

comment on table run is 'One execution: what was done, when, and how it ended.';

comment on column run.message is 'What a person should know of how it ended, in a sentence.';

comment on column run.task_run_id is 'The task that made it; null for a command on one connection.';

comment on column run.label is 'Who or what did it, where that is neither a synchronization nor a task: the name of a mapping, or a person.';

create table run_object_class (
  run_id        integer not null,
  object_class  text not null,
  is_full       boolean,
  reason        text,
  total         bigint not null,
  inserted      bigint not null,
  updated       bigint not null,
  deleted       bigint not null,
  filtered      bigint not null,
  started_at    timestamp with time zone not null,
  ended_at      timestamp with time zone,
  connection_id integer not null,
  state         run_state not null default 'succeeded'::run_state,
  message       text,
  is_link       boolean generated always as ((POSITION(('.'::text) IN (object_class)) > 0)) stored,
  constraint run_object_class_pkey PRIMARY KEY (run_id, object_class),
  constraint run_object_class_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id),
  constraint run_object_class_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(run_id)
);

CREATE INDEX run_object_class_by_changes ON public.run_object_class USING btree (connection_id, ((inserted + updated)), run_id, object_class) WHERE (NOT is_link);

CREATE INDEX run_object_class_by_deleted ON public.run_object_class USING btree (connection_id, deleted, run_id, object_class) WHERE (NOT is_link);

CREATE INDEX run_object_class_by_end ON public.run_object_class USING btree (connection_id, COALESCE(ended_at, 'infinity'::timestamp with time zone), run_id, object_class) WHERE (NOT is_link);

CREATE INDEX run_object_class_by_filtered ON public.run_object_class USING btree (connection_id, filtered, run_id, object_class) WHERE (NOT is_link);

CREATE INDEX run_object_class_by_state ON public.run_object_class USING btree (connection_id, state, run_id, object_class) WHERE (NOT is_link);

CREATE INDEX run_object_class_by_total ON public.run_object_class USING btree (connection_id, total, run_id, object_class) WHERE (NOT is_link);

CREATE INDEX run_object_class_by_type ON public.run_object_class USING btree (connection_id, object_class, run_id) WHERE (NOT is_link);

CREATE INDEX run_object_class_ended ON public.run_object_class USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE INDEX run_object_class_history ON public.run_object_class USING btree (connection_id, started_at, run_id, object_class) WHERE (NOT is_link);

comment on table run_object_class is 'What a run did to one class of objects, or of links, such as group and group.members.';

comment on column run_object_class.is_full is 'Whether everything was read; null where it did not come to that.';

comment on column run_object_class.reason is 'Why everything was read, where only changes were asked for.';

comment on column run_object_class.ended_at is 'Null while it runs.';

comment on column run_object_class.connection_id is 'That of the run, for indexes.';

comment on column run_object_class.state is 'How it ended for this class: the run may have ended otherwise.';

comment on column run_object_class.message is 'Why it ended so, in a sentence; null where it succeeded.';

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

create table setup_link (
  token_hash bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint setup_link_pkey PRIMARY KEY (token_hash)
);

comment on table setup_link is 'One-time links that make the first administrator; each start of a server makes one while there is none.';

create table sign_in_provider (
  provider_id          integer not null generated always as identity,
  name                 text not null,
  issuer               text not null,
  client_id            text not null,
  sealed_client_secret text,
  secret_set_at        timestamp with time zone,
  secret_set_by        text,
  scopes               text[] not null,
  role_claim           text not null,
  role_mapping         jsonb not null default '{}'::jsonb,
  default_role         user_role,
  is_enabled           boolean not null,
  version              integer not null default 1,
  created_at           timestamp with time zone not null default now(),
  created_by           text not null,
  changed_at           timestamp with time zone not null default now(),
  changed_by           text not null,
  constraint sign_in_provider_pkey PRIMARY KEY (provider_id),
  constraint sign_in_provider_check CHECK ((sealed_client_secret IS NULL) = (secret_set_at IS NULL))
);

CREATE UNIQUE INDEX sign_in_provider_name ON public.sign_in_provider USING btree (lower(name));

comment on table sign_in_provider is 'OpenID Connect providers that people may sign in with.';

comment on column sign_in_provider.name is 'What stands on the button.';

comment on column sign_in_provider.sealed_client_secret is 'Null for a public client, which proves itself by PKCE alone.';

comment on column sign_in_provider.role_claim is 'The claim, or the path of one such as realm_access.roles, whose values are mapped to roles.';

comment on column sign_in_provider.role_mapping is 'Value of the claim to role. The highest of several counts.';

comment on column sign_in_provider.default_role is 'Of people that no value is mapped for; null for none.';

create table signing_key (
  key_id             text not null,
  private_key        jsonb,
  created_at         timestamp with time zone not null,
  sealed_private_key text,
  constraint signing_key_pkey PRIMARY KEY (key_id),
  constraint signing_key_check CHECK ((private_key IS NULL) <> (sealed_private_key IS NULL))
);

comment on table signing_key is 'Keys that access tokens are signed with.';

comment on column signing_key.private_key is 'As a JSON Web Key in clear, of a version that did not seal; sealed by the next server that reads it.';

comment on column signing_key.sealed_private_key is 'The JSON Web Key, sealed.';

create table tag (
  tag_id      integer not null generated always as identity,
  name        text not null,
  description text not null default ''::text,
  version     integer not null default 1,
  created_at  timestamp with time zone not null default now(),
  created_by  text not null,
  changed_at  timestamp with time zone not null default now(),
  changed_by  text not null,
  constraint tag_pkey PRIMARY KEY (tag_id)
);

CREATE UNIQUE INDEX tag_name ON public.tag USING btree (lower(name));

comment on table tag is 'What people mark resources with.';

create table taken_value (
  entity_type_id integer not null,
  attribute      text not null,
  value          text not null,
  key            text not null,
  constraint taken_value_pkey PRIMARY KEY (entity_type_id, attribute, value)
);

comment on table taken_value is 'Values of attributes that no two identities may share, such as user names: whoever writes an identity takes and gives back its own.';

comment on column taken_value.value is 'Without regard to case, as src/mapping/text-folding.ts folds letters.';

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

create table tenant (
  tenant_number         integer not null generated always as identity,
  name                  text not null,
  tenant                text not null,
  cloud                 tenant_cloud not null,
  entra_tenant_id       text,
  endpoints             jsonb,
  credential_profile_id integer not null,
  is_enabled            boolean not null,
  floor_seconds         integer not null,
  ceiling_seconds       integer not null,
  entity_types          jsonb,
  guards                jsonb,
  version               integer not null default 1,
  created_at            timestamp with time zone not null default now(),
  created_by            text not null,
  changed_at            timestamp with time zone not null default now(),
  changed_by            text not null,
  constraint tenant_pkey PRIMARY KEY (tenant_number),
  constraint tenant_check CHECK ((cloud = 'Custom'::tenant_cloud) = (endpoints IS NOT NULL)),
  constraint tenant_check1 CHECK (floor_seconds >= 1 AND floor_seconds <= ceiling_seconds),
  constraint tenant_credential_profile_id_fkey FOREIGN KEY (credential_profile_id) REFERENCES credential_profile(credential_profile_id)
);

CREATE UNIQUE INDEX tenant_name ON public.tenant USING btree (lower(name));

CREATE INDEX tenant_profile ON public.tenant USING btree (credential_profile_id);

comment on table tenant is 'Connections to Microsoft Entra that were added in the console. Others are in the settings file.';

comment on column tenant.name is 'The name of the connection, of its job, and of its row in connection once it was read.';

comment on column tenant.tenant is 'A domain of the tenant or its id, as it was typed, in small letters.';

comment on column tenant.cloud is 'Custom: the addresses are in endpoints. Simulated: that of the simulated tenant that syncline start runs.';

comment on column tenant.entra_tenant_id is 'The id that the sign-in named when the tenant was added; null where it could not be asked.';

comment on column tenant.endpoints is 'authority, graph, and trustedCertificates in PEM or null.';

comment on column tenant.floor_seconds is 'The shortest pause between two runs.';

comment on column tenant.entity_types is 'As the section EntityTypes of a connection in the settings file; null for the usual ones.';

comment on column tenant.guards is 'As the section Guards of a connection in the settings file; null for the usual ones.';

comment on column tenant.version is 'Counts changes, so that nobody overwrites what they have not seen.';

create table tenant_schema (
  connection_name text not null,
  content         jsonb not null,
  read_at         timestamp with time zone not null default now(),
  read_by         text not null,
  constraint tenant_schema_pkey PRIMARY KEY (connection_name)
);

CREATE UNIQUE INDEX tenant_schema_of_connection ON public.tenant_schema USING btree (lower(connection_name));

comment on table tenant_schema is 'The schema of a connection''s tenant as it was last read. It is kept by name: a connection need not have been run before.';

comment on column tenant_schema.content is 'Entity types with their attributes, and directory extensions.';

create table user_account (
  user_id             integer not null generated always as identity,
  sign_in_name        text not null,
  name                text not null,
  role                user_role,
  claimed_role        user_role,
  password_hash       text,
  password_changed_at timestamp with time zone,
  provider_id         integer,
  subject             text,
  is_disabled         boolean not null default false,
  preferences         jsonb not null default '{}'::jsonb,
  version             integer not null default 1,
  created_at          timestamp with time zone not null default now(),
  created_by          text not null,
  changed_at          timestamp with time zone not null default now(),
  changed_by          text not null,
  last_sign_in_at     timestamp with time zone,
  constraint user_account_pkey PRIMARY KEY (user_id),
  constraint user_account_provider_id_subject_key UNIQUE (provider_id, subject),
  constraint user_account_check CHECK ((provider_id IS NULL) = (subject IS NULL)),
  constraint user_account_check1 CHECK ((provider_id IS NULL) = (password_hash IS NOT NULL)),
  constraint user_account_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES sign_in_provider(provider_id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX user_account_sign_in_name ON public.user_account USING btree (lower(sign_in_name));

comment on table user_account is 'People: local accounts with a password, and those who came by a provider.';

comment on column user_account.role is 'Given by an administrator; stands above what a provider says. Null where nobody gave one.';

comment on column user_account.claimed_role is 'What the provider said at the last sign-in.';

comment on column user_account.password_hash is 'Argon2id, with its parameters.';

comment on column user_account.subject is 'Who it is for the provider; names may be given to somebody else, this may not.';

comment on column user_account.preferences is 'What the console keeps for the person, such as the theme.';

create table user_session (
  session_id   bigint not null generated always as identity,
  token_hash   bytea not null,
  user_id      integer not null,
  created_at   timestamp with time zone not null,
  last_used_at timestamp with time zone not null,
  expires_at   timestamp with time zone not null,
  address      text not null,
  user_agent   text not null,
  constraint user_session_pkey PRIMARY KEY (session_id),
  constraint user_session_token_hash_key UNIQUE (token_hash),
  constraint user_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(user_id) ON DELETE CASCADE
);

CREATE INDEX user_session_user ON public.user_session USING btree (user_id);

comment on table user_session is 'Sessions of people in browsers. Signing out deletes the row.';

comment on column user_session.token_hash is 'SHA-256 of the 32 random bytes in the cookie.';

comment on column user_session.last_used_at is 'Exact to half a minute: not every request writes it.';

comment on column user_session.expires_at is 'When it ends however much it is used.';

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
