-- The identities directory: a connection whose resources are not read from elsewhere but are themselves the truth.

-- What wrote to it: a run of a mapping, or a person or a program by hand.
alter type run_kind add value 'reconcile';
alter type run_kind add value 'edit';

alter table run add column label text;

comment on column run.label is 'Who or what did it, where that is neither a synchronization nor a task: the name of a mapping, or a person.';

do $$
begin
  if exists (select from connection where lower(name) = 'identities') then
    raise exception 'A connection is called Identities, which is the name of the identities directory from this version on: rename or delete it with the version before, and start this one again.';
  end if;
end $$;

insert into connection (name, source) values ('Identities', 'identities');

-- A cookie says that everything is there; this one is always what it was.
insert into entity_type (connection_id, name, cookie, cookie_at)
select connection_id, type.name, 'identities', now()
from connection cross join (values ('alpha_user'), ('alpha_group')) as type (name) where source = 'identities'
order by type.name desc;

insert into association (entity_type_id, name)
select entity_type_id, link
from (values ('alpha_user', 'manager'), ('alpha_group', 'members'), ('alpha_group', 'owners')) as wanted (type, link)
  join entity_type on entity_type.name = wanted.type join connection using (connection_id)
where source = 'identities'
order by wanted.type desc, link;

create table identity_type (
  entity_type_id    integer     primary key references entity_type,
  custom_attributes jsonb       not null default '[]',
  version           integer     not null default 1,
  changed_at        timestamptz not null default now(),
  changed_by        text        not null
);

insert into identity_type (entity_type_id, changed_by)
select entity_type_id, 'Syncline' from entity_type join connection using (connection_id) where source = 'identities';

comment on table identity_type is 'What people have added to the types of the identities directory; what each has of itself stands in src/model/identity-schema.ts.';
comment on column identity_type.custom_attributes is 'List of attributes, each with name, label, description, type, isMultiValued and isRequired.';

-- Without foreign keys, as the resources that it tells of.
create table taken_value (
  entity_type_id integer          not null,
  attribute      text collate "C" not null,
  value          text collate "C" not null,
  key            text collate "C" not null,
  primary key (entity_type_id, attribute, value)
);

comment on table taken_value is 'Values of attributes that no two identities may share, such as user names: whoever writes an identity takes and gives back its own.';
comment on column taken_value.value is 'Without regard to case, as src/mapping/text-folding.ts folds letters.';
