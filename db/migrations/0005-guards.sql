-- Guards: sets that wait for a person, with the list of what they would change.

alter type set_state add value 'blocked';
alter type run_state add value 'blocked';

alter table entity_type add column full_reason text;

comment on column entity_type.full_reason is 'Why the next set has to be a full one, whatever the cookie says.';

create table connection_block (
  connection_id integer     primary key references connection,
  run_id        integer     not null references run,
  reasons       jsonb       not null,
  blocked_at    timestamptz not null default now()
);

comment on table connection_block is 'Connections with blocked sets: nothing more is read or applied until a person resumes or discards them, or a full run replaces them.';
comment on column connection_block.run_id is 'The run that blocked them.';
comment on column connection_block.reasons is 'Array of texts: what was exceeded or cannot be believed.';

-- As the log of changes, without foreign keys.
create table blocked_change (
  blocked_change_number bigint           primary key generated always as identity,
  set_id                integer          not null,
  kind                  change_kind      not null,
  entity_type_id        integer          not null,
  association_id        integer,
  key                   text collate "C" not null,
  target_key            text collate "C",
  before                jsonb,
  after                 jsonb
);

create index blocked_change_of_set on blocked_change (set_id, blocked_change_number);

comment on table blocked_change is 'What the blocked sets would write to the log of changes, in its order and with its columns.';
