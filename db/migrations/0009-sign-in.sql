-- People: who may sign in to the console, with which role, by which provider, and their sessions. Signing keys are sealed from now on.

create type user_role as enum ('administrator', 'operator', 'auditor');

create table sign_in_provider (
  provider_id          integer     primary key generated always as identity,
  name                 text        not null,
  issuer               text        not null,
  client_id            text        not null,
  sealed_client_secret text,
  secret_set_at        timestamptz,
  secret_set_by        text,
  scopes               text[]      not null,
  role_claim           text        not null,
  role_mapping         jsonb       not null default '{}',
  default_role         user_role,
  is_enabled           boolean     not null,
  version              integer     not null default 1,
  created_at           timestamptz not null default now(),
  created_by           text        not null,
  changed_at           timestamptz not null default now(),
  changed_by           text        not null,
  check ((sealed_client_secret is null) = (secret_set_at is null))
);

create unique index sign_in_provider_name on sign_in_provider (lower(name));

comment on table sign_in_provider is 'OpenID Connect providers that people may sign in with.';
comment on column sign_in_provider.name is 'What stands on the button.';
comment on column sign_in_provider.sealed_client_secret is 'Null for a public client, which proves itself by PKCE alone.';
comment on column sign_in_provider.role_claim is 'The claim, or the path of one such as realm_access.roles, whose values are mapped to roles.';
comment on column sign_in_provider.role_mapping is 'Value of the claim to role. The highest of several counts.';
comment on column sign_in_provider.default_role is 'Of people that no value is mapped for; null for none.';

create table user_account (
  user_id             integer     primary key generated always as identity,
  sign_in_name        text        not null,
  name                text        not null,
  role                user_role,
  claimed_role        user_role,
  password_hash       text,
  password_changed_at timestamptz,
  provider_id         integer     references sign_in_provider on delete cascade,
  subject             text,
  is_disabled         boolean     not null default false,
  preferences         jsonb       not null default '{}',
  version             integer     not null default 1,
  created_at          timestamptz not null default now(),
  created_by          text        not null,
  changed_at          timestamptz not null default now(),
  changed_by          text        not null,
  last_sign_in_at     timestamptz,
  unique (provider_id, subject),
  check ((provider_id is null) = (subject is null)),
  check ((provider_id is null) = (password_hash is not null))
);

create unique index user_account_sign_in_name on user_account (lower(sign_in_name));

comment on table user_account is 'People: local accounts with a password, and those who came by a provider.';
comment on column user_account.role is 'Given by an administrator; stands above what a provider says. Null where nobody gave one.';
comment on column user_account.claimed_role is 'What the provider said at the last sign-in.';
comment on column user_account.password_hash is 'Argon2id, with its parameters.';
comment on column user_account.subject is 'Who it is for the provider; names may be given to somebody else, this may not.';
comment on column user_account.preferences is 'What the console keeps for the person, such as the theme.';

create table user_session (
  session_id   bigint      primary key generated always as identity,
  token_hash   bytea       not null unique,
  user_id      integer     not null references user_account on delete cascade,
  created_at   timestamptz not null,
  last_used_at timestamptz not null,
  expires_at   timestamptz not null,
  address      text        not null,
  user_agent   text        not null
);

create index user_session_user on user_session (user_id);

comment on table user_session is 'Sessions of people in browsers. Signing out deletes the row.';
comment on column user_session.token_hash is 'SHA-256 of the 32 random bytes in the cookie.';
comment on column user_session.last_used_at is 'Exact to half a minute: not every request writes it.';
comment on column user_session.expires_at is 'When it ends however much it is used.';

create table setup_link (
  token_hash bytea       primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

comment on table setup_link is 'One-time links that make the first administrator; each start of a server makes one while there is none.';

alter table signing_key
  alter column private_key drop not null,
  add column sealed_private_key text,
  add check ((private_key is null) <> (sealed_private_key is null));

comment on table signing_key is 'Keys that access tokens are signed with.';
comment on column signing_key.private_key is 'As a JSON Web Key in clear, of a version that did not seal; sealed by the next server that reads it.';
comment on column signing_key.sealed_private_key is 'The JSON Web Key, sealed.';

alter table audit_entry
  add column search_text text not null generated always as (
    lower(actor || ' ' || action || ' ' || subject || ' ' || detail::text || ' ' || coalesce(request_id, '') || ' ' || coalesce(address, ''))
  ) stored;

create index audit_entry_actor on audit_entry (actor, audit_id);
create index audit_entry_action on audit_entry (action, audit_id);

comment on column audit_entry.search_text is 'Everything that is searched of it, in small letters.';
