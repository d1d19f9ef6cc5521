/**
 * Marks: for each topic a short text that is another one when something of it has changed. Read once a second while somebody looks
 * on, so that everything here is found by an index or in a small table.
 */
import type { Sql } from 'postgres';
import { type Topic, topicsOfAction } from '../model/topics.ts';

/** The topics whose state is looked at; of the others, the audit says when somebody has changed something. */
type WatchedTopic = Extract<
  Topic,
  | 'runs'
  | 'jobs'
  | 'integrations'
  | 'profiles'
  | 'directory'
  | 'workers'
  | 'configuration'
  | 'applications'
  | 'mappings'
  | 'reconciliations'
>;

export type TopicMarks = Readonly<{
  states: Readonly<Record<WatchedTopic, string>>;
  /** The last entries of the audit, newest first. */
  entries: readonly Readonly<{ auditId: number; action: string }>[];
}>;

/** Numbers are given before the entries are there for others to see: one that comes late is among so many. */
const latestEntries = 100;

/** How all topics stand at this moment. */
export async function readTopicMarks(sql: Sql): Promise<TopicMarks> {
  const [states] = await sql<Record<WatchedTopic, string>[]>`
    with under_way as (
      select job_run_id, state, is_cancel_requested, message from job_run where state in ('queued', 'running')
    ), sets as (
      select coalesce(md5(string_agg(concat_ws(':', set_id, state, page_count), ',' order by set_id)), '') as mark
      from export_set where state in ('open', 'complete')
    ), connection_runs as (
      select concat_ws(':',
        (select max(run_id) from run),
        (select max(ended_at) from run where ended_at is not null)) as mark
    ), entity_types as (
      select coalesce(sum(hashtext(entity_type.xmin::text || entity_type_id)), 0)::text as mark from entity_type
    )
    select
      concat_ws('|',
        (select max(job_run_id) from job_run),
        (select max(ended_at) from job_run where ended_at is not null),
        (select md5(string_agg(concat_ws(':', job_run_id, state, is_cancel_requested, message), ',' order by job_run_id))
         from under_way),
        (select md5(string_agg(concat_ws(':', task_run_id, task_run.state, attempt, task_run.message, progress,
            (select max(line_number) from task_run_log where task_run_log.task_run_id = task_run.task_run_id)),
            ',' order by task_run_id))
         from under_way join task_run using (job_run_id)),
        (select mark from connection_runs), (select mark from sets), (select mark from entity_types)) as runs,
      (select concat_ws(':', count(*), sum(hashtext(xmin::text || job_id))) from job) as jobs,
      concat_ws('|',
        (select concat_ws(':', count(*), max(connection_id)) from connection),
        -- How the last synchronization of a tenant stands is told by the run of its job, which ends after the run on the connection.
        (select max(ended_at) from job_run where ended_at is not null),
        (select md5(string_agg(concat_ws(':', job_run_id, state), ',' order by job_run_id)) from under_way),
        (select concat_ws(':', count(*), sum(hashtext(xmin::text || connection_id))) from connection_block),
        (select concat_ws(':', count(*), sum(hashtext(coalesce(problem, '') || graph_subscription_id))) from graph_subscription),
        (select mark from connection_runs), (select mark from sets), (select mark from entity_types)) as integrations,
      (select concat_ws(':', count(*), sum(hashtext(xmin::text || credential_id))) from credential) as profiles,
      concat_ws(':', (select max(change_number) from change), (select change_number from directory_index)) as directory,
      coalesce((select string_agg(worker, ',' order by worker) from worker
        where heartbeat_at > now() - interval '10 seconds'), '') as workers,
      coalesce((select revision from deployed_configuration)::text, '') as configuration,
      (select concat_ws(':', count(*), sum(hashtext(xmin::text || application_id))) from application) as applications,
      (select concat_ws(':', count(*), sum(hashtext(xmin::text || mapping_id))) from mapping) as mappings,
      concat_ws('|',
        (select max(reconciliation_id) from reconciliation),
        -- When the next run comes, and whether one is about to begin.
        (select concat_ws(':', count(*), sum(hashtext(xmin::text || job_id))) from job),
        (select md5(string_agg(concat_ws(':', job_run_id, state), ',' order by job_run_id)) from under_way),
        -- A row is written anew with every step that it tells of; those that stand still are few.
        (select md5(string_agg(concat_ws(':', reconciliation_id, xmin), ',' order by reconciliation_id))
         from (select reconciliation_id, xmin from reconciliation order by reconciliation_id desc limit 100) as latest)) as reconciliations`;
  if (!states) throw new Error('PostgreSQL answered a query without a from clause with no row.');
  const entries = await sql<{ auditId: number; action: string }[]>`
    select audit_id::float8 as audit_id, action from audit_entry order by audit_entry.audit_id desc limit ${latestEntries}`;
  return { states, entries };
}

/** The topics that changed between two looks. */
export function changedTopics(before: TopicMarks, after: TopicMarks): Set<Topic> {
  const changed = new Set<Topic>();
  for (const topic of Object.keys(after.states) as WatchedTopic[]) {
    if (before.states[topic] !== after.states[topic]) changed.add(topic);
  }
  const known = new Set(before.entries.map(({ auditId }) => auditId));
  const oldest = before.entries.at(-1)?.auditId ?? 0;
  for (const { auditId, action } of after.entries) {
    // What is older than all that were looked at before was only pushed out of sight then.
    if (known.has(auditId) || (before.entries.length === latestEntries && auditId < oldest)) continue;
    for (const topic of topicsOfAction(action)) changed.add(topic);
  }
  return changed;
}
