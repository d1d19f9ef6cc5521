-- API clients, what they may do, and the audit of what was done.

create type api_client_origin as enum ('configuration', 'command', 'api');
create type audit_outcome as enum ('done', 'refused', 'failed');

create table api_client (
  api_client_id integer           primary key generated always as identity,
  identifier    text              not null,
  display_name  text              not null,
  origin        api_client_origin not null,
  algorithm     text              not null default 'sha256' check (algorithm = 'sha256'),
  hashed_secret text              not null,
  profile       text,
  permissions   text[]            not null,
  created_at    timestamptz       not null default now(),
  created_by    text              not null,
  expires_at    timestamptz,
  revoked_at    timestamptz,
  revoked_by    text,
  last_used_at  timestamptz
);

create unique index api_client_identifier on api_client (lower(identifier)) where revoked_at is null;

comment on table api_client is 'Programs that may call the API. A revoked one stays, so that the audit can be read.';
comment on column api_client.identifier is 'The client id. Unique whatever the case among those not revoked.';
comment on column api_client.hashed_secret is 'Base64 of SHA-256 of the secret in UTF-8. Secrets made here are 32 random bytes, which no guessing reaches.';
comment on column api_client.profile is 'The profile of the configuration, or the role, that the permissions come from.';
comment on column api_client.permissions is 'Paths such as /Jobs/RunJob; each grants what is below it, too.';
comment on column api_client.last_used_at is 'When it got its last access token.';

create table signing_key (
  key_id      text        primary key,
  private_key jsonb       not null,
  created_at  timestamptz not null
);

comment on table signing_key is 'Keys that access tokens are signed with. Whoever can read this table can make tokens of any client.';
comment on column signing_key.private_key is 'As a JSON Web Key, in clear.';

create table audit_entry (
  audit_id    bigint        primary key generated always as identity,
  recorded_at timestamptz   not null default clock_timestamp(),
  actor       text          not null,
  action      text          not null,
  subject     text          not null,
  outcome     audit_outcome not null,
  detail      jsonb         not null default '{}',
  request_id  text,
  address     text
);

create index audit_entry_recorded on audit_entry (recorded_at);

comment on table audit_entry is 'Who did what, on what, and how it ended. Rows are never changed.';
comment on column audit_entry.actor is 'An API client, or a person at the command line, in words.';
comment on column audit_entry.action is 'What was done, such as job-run.launch.';
comment on column audit_entry.subject is 'What it was done to, such as the identifier of a job.';
comment on column audit_entry.request_id is 'The request that it came with, as in the log and the answer.';

create index run_ended on run (ended_at) where ended_at is not null;
