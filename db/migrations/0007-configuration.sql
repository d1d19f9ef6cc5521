-- The deployed configuration, and views that show the engine's tables as Identity Manager names them.

create table configuration_element (
  kind       text    not null,
  identifier text    not null,
  place      integer not null,
  content    jsonb   not null
);

create unique index configuration_element_name on configuration_element (kind, lower(identifier));

comment on table configuration_element is 'What is deployed, an element a row, as the files say it; generated elements beside the scaffoldings that made them.';

create table deployed_configuration (
  is_only     boolean     primary key default true check (is_only),
  revision    integer     not null,
  engine      jsonb       not null,
  deployed_at timestamptz not null default now(),
  deployed_by text        not null
);

comment on table deployed_configuration is 'The deployed configuration in the words of the engine.';

create table configured_type (
  type_id    integer primary key generated always as identity,
  identifier text    not null unique
);

comment on table configured_type is 'A number for each deployed entity type and association, which stays when it is deployed anew.';

alter table resource add column resource_number bigint not null generated always as identity;

comment on column resource.resource_number is 'What other tables of a database may call it by. Another one when it is gone and comes back.';

create schema identity_manager;

comment on schema identity_manager is 'Views for those who know Identity Manager''s tables. Nothing is stored here.';

create function identity_manager.cell_text(value jsonb) returns text
language sql immutable parallel safe
return case jsonb_typeof(value)
  when 'string' then value #>> '{}'
  when 'array' then
    case when not jsonb_path_exists(value, '$[*] ? (@.type() != "string" || @ == "" || @ like_regex "[\r\n]")')
              and value->>0 not like '[%'
         then (select string_agg(entry, e'\n' order by place) from jsonb_array_elements_text(value) with ordinality as each (entry, place))
         else value::text end
  when 'null' then null
  else value::text
end;

comment on function identity_manager.cell_text is 'A value as it stands in a CSV file.';

create view identity_manager.uj_jobs as
select job_id as id, identifier, display_name as displayname_l1, schedule as crontabexpression, time_zone as crontimezone,
  is_incremental as isincremental, is_user_start_denied as userstartdenied,
  (select max(job_run_id) from job_run where job_run.job_id = job.job_id) as lastjobinstance_id
from job;

create view identity_manager.uj_jobinstances as
select job_run_id as id, job_id, job_identifier as jobidentifier, state_number.state, job_run.state::text as statename, trigger::text as trigger,
  started_by as startedby, message, queued_at as queueddate, started_at as startdate, ended_at as enddate
from job_run
  join (values ('queued', 0), ('running', 1), ('succeeded', 2), ('succeeded-with-warnings', 3), ('failed', 4), ('blocked', 5),
               ('cancelled', 6), ('skipped', 7)) as state_number (name, state) on state_number.name = job_run.state::text;

create view identity_manager.uj_taskinstances as
select task_run_id as id, job_run_id as jobinstance_id, task_run.identifier as taskidentifier,
  definition->>'displayName' as displayname, state_number.state, task_run.state::text as statename,
  task_run.started_at as startdate, task_run.ended_at as enddate, progress::text as wrappedprogress, task_run.message
from task_run
  join (values ('queued', 0), ('running', 1), ('succeeded', 2), ('succeeded-with-warnings', 3), ('failed', 4), ('blocked', 5),
               ('cancelled', 6), ('skipped', 7)) as state_number (name, state) on state_number.name = task_run.state::text;
