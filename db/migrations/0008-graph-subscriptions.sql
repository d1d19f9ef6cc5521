-- Subscriptions to Microsoft Graph's change notifications, and news that wakes jobs which follow a connection.

create table graph_subscription (
  graph_subscription_id integer     primary key generated always as identity,
  connection            text        not null,
  resource              text        not null,
  notification_url      text        not null,
  subscription_id       text        unique,
  client_state_hash     bytea,
  expires_at            timestamptz,
  act_at                timestamptz not null,
  failures              integer     not null default 0,
  problem               text,
  created_at            timestamptz,
  last_notified_at      timestamptz,
  check ((subscription_id is null) = (client_state_hash is null)),
  check ((subscription_id is null) = (expires_at is null))
);

create unique index graph_subscription_resource on graph_subscription (lower(connection), resource);

comment on table graph_subscription is 'What Microsoft Graph is asked to tell of: a row for each connection and resource that is to be watched, whether there is a subscription now or not.';
comment on column graph_subscription.resource is 'As Graph names it: users, groups.';
comment on column graph_subscription.notification_url is 'The setting with which it was made, or was last tried to be.';
comment on column graph_subscription.subscription_id is 'Graph''s id of it; null while there is none.';
comment on column graph_subscription.client_state_hash is 'SHA-256 of the secret that Graph sends with every notification; the secret itself is only there.';
comment on column graph_subscription.act_at is 'When it is renewed, or tried again.';
comment on column graph_subscription.failures is 'Attempts in a row that came to nothing.';
comment on column graph_subscription.problem is 'Why the last attempt came to nothing, in a sentence; null when all is well.';
comment on column graph_subscription.created_at is 'When Graph made the subscription.';

alter table job add column wake_at timestamptz;

comment on column job.wake_at is 'Of a followed connection: when to look at news that no run has begun after; null where there is none.';
