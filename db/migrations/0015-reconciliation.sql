-- Mappings between entity types, the account links that they keep, and what their runs found and did.

alter type task_kind add value 'reconcile';

create table application (
  application_id   integer     primary key generated always as identity,
  name             text        not null,
  template         text        not null,
  description      text        not null default '',
  is_authoritative boolean     not null,
  is_enabled       boolean     not null default true,
  owners           text[]      not null default '{}',
  connection_name  text,
  version          integer     not null default 1,
  created_at       timestamptz not null default now(),
  created_by       text        not null,
  changed_at       timestamptz not null default now(),
  changed_by       text        not null
);

create unique index application_name on application (lower(name));

comment on table application is 'Systems that accounts come from or go to, as people know them: a connection, mappings and schedules under one name.';
comment on column application.template is 'Which entry of the catalog it was made from.';
comment on column application.owners is 'Keys of identities.';
comment on column application.connection_name is 'The connection that it reads; null until it is set up. A name, as connections of settings files have no row before they have run.';

create type mapping_origin as enum ('console', 'configuration', 'api', 'command');

create table mapping (
  mapping_id      integer        primary key generated always as identity,
  name            text           not null,
  application_id  integer        references application on delete cascade,
  origin          mapping_origin not null,
  is_enabled      boolean        not null,
  definition      jsonb          not null,
  revision        integer        not null default 1,
  seed            bigint         not null default (random() * 9007199254740991)::bigint,
  change_position bigint,
  link_position   bigint         not null default 0,
  version         integer        not null default 1,
  created_at      timestamptz    not null default now(),
  created_by      text           not null,
  changed_at      timestamptz    not null default now(),
  changed_by      text           not null
);

create unique index mapping_name on mapping (lower(name));
create index mapping_of_application on mapping (application_id);

comment on table mapping is 'How resources of one entity type are paired with those of another, and what is done about each pair.';
comment on column mapping.revision is 'Grows with every change that may give another result: what was found equal before is compared again then.';
comment on column mapping.seed is 'Of the fingerprints of resources, so that nobody can make two that agree.';
comment on column mapping.change_position is 'Everything in the log of changes up to this number has been reconciled; null before the first full run.';
comment on column mapping.link_position is 'Account links up to this number were there when it was last reconciled: references may lead along later ones.';

create table account_link (
  link_number      bigint           primary key generated always as identity,
  mapping_id       integer          not null references mapping on delete cascade,
  qualifier        text collate "C" not null,
  source_key       text collate "C" not null,
  target_key       text collate "C" not null,
  settled_source   bigint,
  settled_target   bigint,
  settled_revision integer,
  matched_on       jsonb,
  reconciliation_id integer,
  linked_at        timestamptz      not null default now(),
  linked_by        text,
  constraint account_link_source unique (source_key, mapping_id, qualifier),
  constraint account_link_target unique (target_key, mapping_id, qualifier)
);

-- Each index begins with the key that it is for, so that the planner has no choice between them while it knows nothing of the table.
comment on table account_link is 'Which source resource a target object belongs to, for each mapping that keeps links and each of its qualifiers.';
comment on column account_link.settled_source is 'The fingerprint of the source resource when the pair was last found, or made, as the mapping wants it; settled_target is that of the target, settled_revision the mapping''s.';
comment on column account_link.matched_on is 'What the pair was matched on when it was linked: the rule and the values; null where the target was made.';
comment on column account_link.reconciliation_id is 'The run that linked them; null where a person did.';

create table correlation_index (
  entity_type_id integer not null,
  attribute      text    not null,
  index_name     text    not null unique,
  used_at        timestamptz not null default now(),
  primary key (entity_type_id, attribute)
);

comment on table correlation_index is 'Indexes that were made on attributes of resources, because mappings look for values of them.';
comment on column correlation_index.used_at is 'The day on which a run last asked for it; what no run asks for any more is dropped.';

create type reconciliation_mode as enum ('full', 'incremental', 'query', 'keys');
create type reconciliation_state as enum ('running', 'succeeded', 'succeeded-with-failures', 'failed', 'blocked', 'cancelled', 'interrupted');
create type reconciliation_stage as enum ('reading', 'pairing', 'correlating', 'assessing', 'checking', 'acting', 'ended');
create type entry_phase as enum ('source', 'target');
create type entry_status as enum ('proposed', 'succeeded', 'failed');
create type situation as enum ('CONFIRMED', 'FOUND', 'ABSENT', 'FOUND_ALREADY_LINKED', 'AMBIGUOUS', 'MISSING', 'UNQUALIFIED',
  'UNASSIGNED', 'SOURCE_MISSING', 'LINK_ONLY', 'SOURCE_IGNORED', 'TARGET_IGNORED', 'ALL_GONE');
create type entry_action as enum ('CREATE', 'UPDATE', 'DELETE', 'LINK', 'UNLINK', 'EXCEPTION', 'IGNORE', 'REPORT', 'NOREPORT', 'ASYNC');

create table reconciliation (
  reconciliation_id integer              primary key generated always as identity,
  mapping_id        integer              references mapping on delete set null,
  mapping_name      text                 not null,
  definition        jsonb                not null,
  revision          integer              not null,
  mode              reconciliation_mode  not null,
  is_dry_run        boolean              not null,
  is_forced         boolean              not null default false,
  parameters        jsonb                not null default '{}',
  state             reconciliation_state not null default 'running',
  stage             reconciliation_stage not null default 'reading',
  message           text,
  counts            jsonb                not null default '{}',
  durations         jsonb                not null default '{}',
  block_reasons     jsonb,
  change_position   bigint,
  entry_position    bigint               not null default 0,
  stage_done        bigint               not null default 0,
  stage_total       bigint,
  task_run_id       integer              references task_run on delete set null,
  run_id            integer,
  started_by        text                 not null,
  started_at        timestamptz          not null default now(),
  stage_at          timestamptz          not null default now(),
  ended_at          timestamptz,
  entries_removed_at timestamptz
);

create index reconciliation_of_mapping on reconciliation (mapping_id, reconciliation_id);
create index reconciliation_of_task_run on reconciliation (task_run_id) where task_run_id is not null;
create index reconciliation_of_run on reconciliation (run_id) where run_id is not null;

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
  reconciliation_id integer      not null,
  entry_number      bigint       not null,
  phase             entry_phase  not null,
  qualifier         text         not null,
  situation         situation,
  action            entry_action,
  status            entry_status not null,
  message           text,
  source_key        text collate "C",
  target_key        text collate "C",
  source_name       text,
  target_name       text,
  matched_on        jsonb,
  ambiguous_keys    text[],
  policy            integer,
  changes           jsonb,
  link_number       bigint,
  source_print      bigint,
  target_print      bigint,
  created_key       text collate "C",
  match_count       integer      not null default 0,
  primary key (reconciliation_id, entry_number)
);

create index reconciliation_entry_by_situation on reconciliation_entry (reconciliation_id, situation, entry_number);
create index reconciliation_entry_failed on reconciliation_entry (reconciliation_id, entry_number) where status = 'failed';

comment on table reconciliation_entry is 'What a run found of a pair, what was decided and what became of it. Linked pairs that were as they should be are in reconciliation_unchanged instead.';
comment on column reconciliation_entry.situation is 'Null where finding it out failed.';
comment on column reconciliation_entry.status is 'Not written again when its action is done: what is proposed up to the position of the run has succeeded.';
comment on column reconciliation_entry.created_key is 'The key that a CREATE gives the object; target_key is then what was there before.';
comment on column reconciliation_entry.ambiguous_keys is 'The first hundred of match_count.';
comment on column reconciliation_entry.policy is 'The place, from 1 on, of the policy that decided; null where it was the usual action of the situation.';
comment on column reconciliation_entry.changes is 'before and after: values of the attributes of the target that change.';
comment on column reconciliation_entry.source_print is 'The fingerprint of what was looked at. Where the target has another one when the entry is done, somebody else was there meanwhile, and the entry fails.';

create table reconciliation_unchanged (
  reconciliation_id integer  not null,
  chunk_number      integer  not null,
  link_numbers      bigint[] not null,
  primary key (reconciliation_id, chunk_number)
);

comment on table reconciliation_unchanged is 'Account links whose pairs a run found as they should be, a thousand a row: confirmed, and nothing to do.';

create table reconciliation_retry (
  mapping_id      integer          not null references mapping on delete cascade,
  qualifier       text collate "C" not null,
  phase           entry_phase      not null,
  key             text collate "C" not null,
  attempts        integer          not null default 1,
  message         text             not null,
  first_failed_at timestamptz      not null default now(),
  last_failed_at  timestamptz      not null default now(),
  primary key (mapping_id, qualifier, phase, key)
);

comment on table reconciliation_retry is 'Entries that failed and are looked at again by every run, whatever it reads, until they succeed.';
