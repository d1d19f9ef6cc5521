-- The schema of a database with all of db/migrations applied. Written by "npm run schema"; do not edit.

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
