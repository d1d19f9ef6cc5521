-- The schema of a database with all of db/migrations applied. Written by "npm run schema"; do not edit.

create type change_kind as enum ('insert', 'update', 'delete');

create type run_kind as enum ('synchronize', 'verify', 'export');

create type run_state as enum ('running', 'succeeded', 'failed', 'cancelled', 'interrupted');

create type set_state as enum ('open', 'complete', 'applied', 'dropped');

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

create table entity_type (
  entity_type_id integer not null generated always as identity,
  connection_id  integer not null,
  name           text not null,
  mapping        text,
  cookie         text,
  cookie_at      timestamp with time zone,
  resource_count bigint not null default 0,
  constraint entity_type_pkey PRIMARY KEY (entity_type_id),
  constraint entity_type_connection_id_name_key UNIQUE (connection_id, name),
  constraint entity_type_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id)
);

comment on table entity_type is 'A kind of resource of a connection, and how far the store has followed it.';

comment on column entity_type.mapping is 'The mapping that the stored resources were exported with. Another one needs a full set.';

comment on column entity_type.cookie is 'Where the next incremental set begins. Written together with what led to it.';

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

create table installation (
  is_only         boolean not null default true,
  installation_id uuid not null default gen_random_uuid(),
  created_at      timestamp with time zone not null default now(),
  constraint installation_pkey PRIMARY KEY (is_only),
  constraint installation_is_only_check CHECK (is_only)
);

comment on table installation is 'The one Syncline installation that this database belongs to.';

comment on column installation.is_only is 'Always true, so that there is never a second row.';

create table migration (
  number     integer not null,
  name       text not null,
  checksum   text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

create table resource (
  entity_type_id integer not null,
  key            text not null,
  attributes     jsonb not null,
  constraint resource_pkey PRIMARY KEY (entity_type_id, key)
);

comment on table resource is 'Exported objects as last known.';

comment on column resource.attributes is 'Without nulls and empty collections: a name that is missing has no value.';

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
  constraint run_pkey PRIMARY KEY (run_id),
  constraint run_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(connection_id)
);

CREATE INDEX run_of_connection ON public.run USING btree (connection_id, run_id);

comment on table run is 'One execution: what was done, when, and how it ended.';

comment on column run.message is 'What a person should know of how it ended, in a sentence.';

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
