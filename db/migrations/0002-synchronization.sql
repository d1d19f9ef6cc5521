-- What a connection exports, the sets that exports bring, the resources and links they lead to, and the log of changes.

create type run_kind as enum ('synchronize', 'verify', 'export');
create type run_state as enum ('running', 'succeeded', 'failed', 'cancelled', 'interrupted');
create type set_state as enum ('open', 'complete', 'applied', 'dropped');
create type change_kind as enum ('insert', 'update', 'delete');

create table connection (
  connection_id integer     primary key generated always as identity,
  name          text        not null unique,
  source        text        not null,
  created_at    timestamptz not null default now()
);

comment on table connection is 'A configured system that Syncline reads.';
comment on column connection.source is 'Which system it is, such as a tenant id. Never changes: another system is another connection.';

create table entity_type (
  entity_type_id integer     primary key generated always as identity,
  connection_id  integer     not null references connection,
  name           text        not null,
  mapping        text,
  cookie         text,
  cookie_at      timestamptz,
  resource_count bigint      not null default 0,
  unique (connection_id, name)
);

comment on table entity_type is 'A kind of resource of a connection, and how far the store has followed it.';
comment on column entity_type.mapping is 'The mapping that the stored resources were exported with. Another one needs a full set.';
comment on column entity_type.cookie is 'Where the next incremental set begins. Written together with what led to it.';

create table association (
  association_id integer primary key generated always as identity,
  entity_type_id integer not null references entity_type,
  name           text    not null,
  link_count     bigint  not null default 0,
  unique (entity_type_id, name)
);

comment on table association is 'A kind of link that leads from the resources of an entity type, such as members.';
comment on column association.link_count is 'Live links.';

create table run (
  run_id        integer     primary key generated always as identity,
  connection_id integer     not null references connection,
  kind          run_kind    not null,
  state         run_state   not null default 'running',
  message       text,
  started_at    timestamptz not null default now(),
  ended_at      timestamptz
);

create index run_of_connection on run (connection_id, run_id);

comment on table run is 'One execution: what was done, when, and how it ended.';
comment on column run.message is 'What a person should know of how it ended, in a sentence.';

create table run_object_class (
  run_id       integer     not null references run,
  object_class text        not null,
  is_full      boolean     not null,
  reason       text,
  total        bigint      not null,
  inserted     bigint      not null,
  updated      bigint      not null,
  deleted      bigint      not null,
  filtered     bigint      not null,
  started_at   timestamptz not null,
  ended_at     timestamptz not null,
  primary key (run_id, object_class)
);

comment on table run_object_class is 'What a run did to one class of objects, or of links, such as group and group.members.';
comment on column run_object_class.reason is 'Why everything was read, where only changes were asked for.';

create table export_set (
  set_id         integer     primary key generated always as identity,
  run_id         integer     not null references run,
  entity_type_id integer     not null references entity_type,
  kind           run_kind    not null,
  is_full        boolean     not null,
  reason         text,
  state          set_state   not null default 'open',
  mapping        text        not null,
  position       text,
  cookie         text,
  expected_count bigint,
  page_count     integer     not null default 0,
  item_count     bigint      not null default 0,
  started_at     timestamptz not null default now()
);

create unique index unfinished_set on export_set (entity_type_id, kind) where state in ('open', 'complete');

comment on table export_set is 'What one export of an entity type brought. Only a complete set is ever applied.';
comment on column export_set.run_id is 'The run that works on it now; a run that takes it over writes its own number here.';
comment on column export_set.position is 'Where the export goes on after the pages stored so far.';
comment on column export_set.cookie is 'Where the next incremental set begins, once this one is complete.';

create table set_page (
  set_id       integer not null references export_set,
  page_number  integer not null,
  items        jsonb   not null,
  has_removals boolean not null,
  has_unlinks  boolean not null,
  primary key (set_id, page_number)
);

-- Read once and gone: not worth the time that compression takes.
alter table set_page alter column items set storage external;

comment on table set_page is 'Pages as they came. Gone once the set is applied.';
comment on column set_page.items is 'Array of objects: k key, a attributes, x why it is gone, l linked keys by link name and type, u unlinked keys by link name.';

-- The tables below have no foreign keys: rows come by the million, in transactions that hold their entity type, and checking
-- each one costs more than storing it.

create table resource (
  entity_type_id integer          not null,
  key            text collate "C" not null,
  attributes     jsonb            not null,
  primary key (entity_type_id, key)
);

comment on table resource is 'Exported objects as last known.';
comment on column resource.attributes is 'Without nulls and empty collections: a name that is missing has no value.';

create table filtered_resource (
  entity_type_id integer          not null,
  key            text collate "C" not null,
  primary key (entity_type_id, key)
);

comment on table filtered_resource is 'Objects that are there and do not meet the filter. Their keys are kept to notice when they are gone.';

create table resource_link (
  association_id integer          not null,
  source_key     text collate "C" not null,
  target_key     text collate "C" not null,
  target_type_id integer,
  is_live        boolean          not null,
  primary key (source_key, target_key, association_id)
) partition by list (association_id);

create index resource_link_target on resource_link (target_key);

comment on table resource_link is 'Links between resources as last told, a partition an association. A target may be of a type that is not exported.';
comment on column resource_link.target_type_id is 'The target''s entity type, where it is one that is exported.';
comment on column resource_link.is_live is 'Whether it counts: its source is stored, and its target is there as far as anyone can know.';

create table change (
  change_number  bigint           primary key generated always as identity,
  set_id         integer          not null,
  kind           change_kind      not null,
  entity_type_id integer          not null,
  association_id integer,
  key            text collate "C" not null,
  target_key     text collate "C",
  before         jsonb,
  after          jsonb
);

comment on table change is 'Every insert, update and delete of a resource or a live link, in one ever-growing sequence.';
comment on column change.set_id is 'The export_set whose application made it.';
comment on column change.association_id is 'For a link: which kind. key is then the link''s source.';
comment on column change.before is 'An update: the former values of what changed. A delete: all that there was.';
comment on column change.after is 'An insert: all values. An update: what changed, with null where there is no value any more.';
