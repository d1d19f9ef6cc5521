-- Credential profiles with their sealed credentials, and the tenants that are added in the console.

alter table installation add column sealed_check text;

comment on column installation.sealed_check is 'A known text, sealed with the key that the secrets of this database are sealed with: null until there is one.';

create type credential_profile_type as enum ('client-secret', 'certificate', 'managed-identity', 'user-password');
create type credential_test_outcome as enum ('passed', 'failed');

create table credential_profile (
  credential_profile_id integer                 primary key generated always as identity,
  name                  text                    not null,
  description           text                    not null default '',
  type                  credential_profile_type not null,
  client_id             text,
  version               integer                 not null default 1,
  created_at            timestamptz             not null default now(),
  created_by            text                    not null,
  changed_at            timestamptz             not null default now(),
  changed_by            text                    not null,
  check ((client_id is null) <= (type = 'managed-identity'))
);

create unique index credential_profile_name on credential_profile (lower(name));

comment on table credential_profile is 'How to sign in to Microsoft Entra: an application and its credentials.';
comment on column credential_profile.client_id is 'The application (client) id. Null for the managed identity that the machine itself has.';
comment on column credential_profile.version is 'Counts changes of the profile and of its credentials, so that nobody overwrites what they have not seen.';

create table credential (
  credential_id         integer     primary key generated always as identity,
  credential_profile_id integer     not null references credential_profile on delete cascade,
  place                 integer     not null,
  label                 text        not null,
  sealed_secret         text,
  user_name             text,
  certificate           text,
  thumbprint            text,
  subject               text,
  set_at                timestamptz not null default now(),
  set_by                text        not null,
  expires_at            timestamptz,
  last_used_at          timestamptz,
  last_used_refusal     text,
  last_tested_at        timestamptz,
  last_test_outcome     credential_test_outcome,
  last_test_message     text,
  -- Looked at when a transaction ends, so that the order can be changed row by row.
  constraint credential_place unique (credential_profile_id, place) deferrable initially deferred
);

comment on table credential is 'What proves to Microsoft Entra who signs in. The first of a profile that works is used.';
comment on column credential.place is 'The order in which they are tried, from 1 on.';
comment on column credential.sealed_secret is 'The secret, private key or password, sealed. Null for a managed identity, which has none.';
comment on column credential.certificate is 'The certificate in PEM; it is public.';
comment on column credential.thumbprint is 'SHA-1 of the certificate in hexadecimal, as the app registration shows it.';
comment on column credential.expires_at is 'Read from the certificate; as a person typed it for a secret; null where it is not known.';
comment on column credential.last_used_refusal is 'Why the last sign-in of a run with it was refused; null where it was accepted, or there was none.';

-- Tenants that are added in the console, and what goes on when one is removed.

alter type job_origin add value 'console';

create type tenant_cloud as enum ('Global', 'USGovL4', 'USGovL5', 'China', 'Custom', 'Simulated');

create table tenant (
  tenant_number         integer      primary key generated always as identity,
  name                  text         not null,
  tenant                text         not null,
  cloud                 tenant_cloud not null,
  entra_tenant_id       text,
  endpoints             jsonb,
  credential_profile_id integer      not null references credential_profile,
  is_enabled            boolean      not null,
  floor_seconds         integer      not null,
  ceiling_seconds       integer      not null,
  entity_types          jsonb,
  guards                jsonb,
  version               integer      not null default 1,
  created_at            timestamptz  not null default now(),
  created_by            text         not null,
  changed_at            timestamptz  not null default now(),
  changed_by            text         not null,
  check ((cloud = 'Custom') = (endpoints is not null)),
  check (floor_seconds between 1 and ceiling_seconds)
);

create unique index tenant_name on tenant (lower(name));
create index tenant_profile on tenant (credential_profile_id);

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

alter table entity_type add column full_requested_at timestamptz;
alter table entity_type add column full_requested_by text;

comment on column entity_type.full_requested_at is 'When a person asked for a full scan on the next run; null where full_reason has another cause, or none.';

create table connection_removal (
  removal_id      integer     primary key generated always as identity,
  connection      text        not null,
  connection_id   integer,
  entity_type_ids integer[]   not null default '{}',
  association_ids integer[]   not null default '{}',
  key_position    text        not null default '',
  change_position bigint      not null default 0,
  last_change     bigint      not null default 0,
  total           bigint      not null default 0,
  done            bigint      not null default 0,
  requested_at    timestamptz not null default now(),
  requested_by    text        not null
);

comment on table connection_removal is 'Connections whose data is being removed. A row goes with the last of what it stands for.';
comment on column connection_removal.connection_id is 'Null once the connection is out of sight, in one transaction: what is left then belongs to nobody, and is deleted bit by bit.';
comment on column connection_removal.entity_type_ids is 'Whose resources and changes are still to be deleted.';
comment on column connection_removal.association_ids is 'Whose partitions of resource_link are still to be dropped.';
comment on column connection_removal.key_position is 'Resources of the first entity type are deleted up to this key.';
comment on column connection_removal.change_position is 'Changes are deleted up to this number; to last_change there may be some.';
comment on column connection_removal.total is 'Resources and changes to look at, when the removal began.';

-- Removing runs would look through all others for each of them.
create index job_run_resumes on job_run (resumes_job_run_id) where resumes_job_run_id is not null;
