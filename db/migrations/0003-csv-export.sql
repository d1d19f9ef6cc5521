-- Which state of the store the cookie files of CSV exports stand for.

create table exported_cookie (
  entity_type_id integer     not null references entity_type,
  cookie_hash    bytea       not null,
  change_number  bigint      not null,
  exported_at    timestamptz not null default now(),
  primary key (entity_type_id, cookie_hash)
);

comment on table exported_cookie is 'Cookie files that were written beside CSV files. An export from one of them tells the changes after its number.';
comment on column exported_cookie.cookie_hash is 'SHA-256 of the file.';
comment on column exported_cookie.change_number is 'The last change that those CSV files held.';
