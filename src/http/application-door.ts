/** What the server has to know of applications that it cannot find out by itself: the catalog, and what mappings read. */
import type { MappingDefinition } from '../model/mapping.ts';
import type { ApplicationTemplate as ShownTemplate } from './schemas/applications.ts';

/** An entry of the catalog. */
export type ApplicationTemplate = ShownTemplate &
  Readonly<{
    /** The mapping that an application gets when it is connected. */
    draftMapping: (
      application: Readonly<{ name: string; isAuthoritative: boolean }>,
      connection: string,
    ) => MappingDefinition;
  }>;

export type ApplicationDoor = Readonly<{
  templates: readonly ApplicationTemplate[];
  /** The attributes of the source that a mapping reads, and the links. */
  readsOf: (
    definition: MappingDefinition,
  ) => Readonly<{ attributes: readonly string[]; links: readonly string[] }>;
}>;
