/** What applications show of the connections that they read: who signs in, and how far each type of objects was read. */
import type { ISql } from 'postgres';

export type ConnectionFacts = Readonly<{
  /** As it was asked for. */
  name: string;
  /** The credential profile of a tenant of the console. */
  profile: Readonly<{ profileId: number; name: string; clientId: string | null }> | null;
  /** When one of its credentials was last used or tried out. */
  signedInAt: Date | null;
  entityTypes: readonly Readonly<{
    entityTypeId: number;
    name: string;
    count: number;
    /** When it was last read up to; null before it was read as a whole. */
    readAt: string | null;
  }>[];
  /** How many objects of all types the sets have that are being read, and are not applied yet. */
  objectsUnderWay: number;
}>;

/** One for each name, in their order; with nothing in it where nothing is known. */
export async function readConnectionFacts(sql: ISql, names: readonly string[]): Promise<ConnectionFacts[]> {
  return await sql<ConnectionFacts[]>`
    select wanted.name,
      case when profile.credential_profile_id is not null then jsonb_build_object(
        'profileId', profile.credential_profile_id, 'name', profile.name, 'clientId', profile.client_id) end as profile,
      (select greatest(max(last_used_at), max(last_tested_at)) from credential
       where credential.credential_profile_id = profile.credential_profile_id) as signed_in_at,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'entityTypeId', entity_type_id, 'name', entity_type.name, 'count', resource_count,
          'readAt', cookie_at) order by entity_type_id), '[]')
       from entity_type where entity_type.connection_id = connection.connection_id) as entity_types,
      (select coalesce(sum(export_set.item_count), 0) from export_set join entity_type using (entity_type_id)
       where entity_type.connection_id = connection.connection_id and state in ('open', 'complete'))::float8 as objects_under_way
    from unnest(${[...names]}::text[]) with ordinality as wanted (name, place)
      left join tenant on lower(tenant.name) = lower(wanted.name)
      left join credential_profile as profile using (credential_profile_id)
      left join connection on lower(connection.name) = lower(wanted.name)
    order by place`;
}
