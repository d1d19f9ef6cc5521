-- What tenants say of their own schema, so that people can choose attributes that are there; and secrets of API clients with an overlap.

create table tenant_schema (
  connection_name text        primary key,
  content         jsonb       not null,
  read_at         timestamptz not null default now(),
  read_by         text        not null
);

create unique index tenant_schema_of_connection on tenant_schema (lower(connection_name));

comment on table tenant_schema is 'The schema of a connection''s tenant as it was last read. It is kept by name: a connection need not have been run before.';
comment on column tenant_schema.content is 'Entity types with their attributes, and directory extensions.';

-- A client's secret can be exchanged while programs still use the old one.
alter table api_client
  add column previous_hashed_secret text,
  add column previous_until         timestamptz;

comment on column api_client.previous_hashed_secret is 'The secret before the one that holds; it is taken as well until previous_until.';
