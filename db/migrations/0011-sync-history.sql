-- The history of synchronizations: a row for each class of a run from its beginning on, whatever becomes of it.

alter table run_object_class
  add column connection_id integer references connection,
  add column state         run_state not null default 'succeeded',
  add column message       text,
  add column is_link       boolean generated always as (position('.' in object_class) > 0) stored;

update run_object_class set connection_id = run.connection_id from run where run.run_id = run_object_class.run_id;

alter table run_object_class
  alter column connection_id set not null,
  alter column is_full drop not null,
  alter column ended_at drop not null;

comment on column run_object_class.connection_id is 'That of the run, for indexes.';
comment on column run_object_class.state is 'How it ended for this class: the run may have ended otherwise.';
comment on column run_object_class.message is 'Why it ended so, in a sentence; null where it succeeded.';
comment on column run_object_class.is_full is 'Whether everything was read; null where it did not come to that.';
comment on column run_object_class.ended_at is 'Null while it runs.';

-- The history of a connection in each of its orders; in the usual one it is counted without a look at the rows.
create index run_object_class_history on run_object_class (connection_id, started_at, run_id, object_class) where not is_link;
create index run_object_class_by_end on run_object_class (connection_id, coalesce(ended_at, 'infinity'), run_id, object_class)
  where not is_link;
create index run_object_class_by_type on run_object_class (connection_id, object_class, run_id) where not is_link;
create index run_object_class_by_total on run_object_class (connection_id, total, run_id, object_class) where not is_link;
create index run_object_class_by_changes on run_object_class (connection_id, (inserted + updated), run_id, object_class)
  where not is_link;
create index run_object_class_by_deleted on run_object_class (connection_id, deleted, run_id, object_class) where not is_link;
create index run_object_class_by_filtered on run_object_class (connection_id, filtered, run_id, object_class) where not is_link;
create index run_object_class_by_state on run_object_class (connection_id, state, run_id, object_class) where not is_link;
-- What changed in a span of time.
create index run_object_class_ended on run_object_class (ended_at) where ended_at is not null;
create index run_under_way on run (connection_id) where state = 'running';
-- Which sets a run worked on, and which run made a change.
create index export_set_of_run on export_set (run_id);
create index audit_entry_subject on audit_entry (lower(subject), audit_id);
