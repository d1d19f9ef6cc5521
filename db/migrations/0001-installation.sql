-- Which installation this database belongs to: one row, made with the database.

create table installation (
  is_only         boolean     primary key default true check (is_only),
  installation_id uuid        not null default gen_random_uuid(),
  created_at      timestamptz not null default now()
);

comment on table installation is 'The one Syncline installation that this database belongs to.';
comment on column installation.is_only is 'Always true, so that there is never a second row.';

insert into installation default values;
