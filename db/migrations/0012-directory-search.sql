-- Finding resources: an index of words and of what happened to each, which follows the log of changes, and tags that people give.

create table directory_index (
  is_only       boolean     primary key default true check (is_only),
  change_number bigint      not null default 0,
  followed_at   timestamptz not null default now()
);

comment on table directory_index is 'How far the tables directory_entry, directory_word and directory_event have followed the log of changes. Whoever follows locks its row.';
comment on column directory_index.change_number is 'The last change that is in them.';

insert into directory_index default values;

-- Without foreign keys, as the resources that they tell of: rows come by the million.

create table directory_entry (
  entry_number   bigint           primary key generated always as identity,
  entity_type_id integer          not null,
  key            text collate "C" not null,
  name           text             not null,
  sort_name      text collate "C" not null,
  words          text[]           not null,
  first_change   bigint           not null,
  deleted_change bigint,
  unique (entity_type_id, key)
);

comment on table directory_entry is 'Every resource that is or was stored, as it is searched for.';
comment on column directory_entry.sort_name is 'The beginning of the name, without case and accents.';
comment on column directory_entry.words is 'The words of its rows in directory_word.';
comment on column directory_entry.first_change is 'The change with which it was seen first.';
comment on column directory_entry.deleted_change is 'The change that deleted it, with its last values; null while it is stored.';

create table directory_word (
  scope_id      integer          not null,
  word          text collate "C" not null,
  sort_name     text collate "C" not null,
  entry_number  bigint           not null,
  shared_length smallint         not null,
  primary key (scope_id, word, sort_name, entry_number) include (shared_length)
);

comment on table directory_word is 'The words by which entries are found. Every entry has the word ''''; a tag with the number 7 is the word #7.';
comment on column directory_word.scope_id is 'The entity type; less than zero for entries of deleted resources.';
comment on column directory_word.shared_length is 'How many letters it begins with in common with the word before it of the same entry: a search for the beginning of words counts each entry once by it.';

create table directory_event (
  connection_id integer          not null,
  key           text collate "C" not null,
  is_link       boolean          not null,
  change_number bigint           not null,
  primary key (connection_id, key, is_link, change_number)
);

comment on table directory_event is 'The changes of each resource, and of the links from and to it. Those that a first synchronization logs are left out.';

-- Whether a set was the first of its entity type.
create index export_set_of_type on export_set (entity_type_id, set_id);

create table tag (
  tag_id      integer     primary key generated always as identity,
  name        text        not null,
  description text        not null default '',
  version     integer     not null default 1,
  created_at  timestamptz not null default now(),
  created_by  text        not null,
  changed_at  timestamptz not null default now(),
  changed_by  text        not null
);

create unique index tag_name on tag (lower(name));

comment on table tag is 'What people mark resources with.';

create table resource_tag (
  tag_id         integer          not null references tag on delete cascade,
  entity_type_id integer          not null references entity_type on delete cascade,
  key            text collate "C" not null,
  tagged_at      timestamptz      not null default now(),
  tagged_by      text             not null,
  primary key (entity_type_id, key, tag_id)
);

create index resource_tag_of_tag on resource_tag (tag_id);

comment on table resource_tag is 'Which resources have a tag. It stays when the resource is deleted, and is there when it comes back.';
