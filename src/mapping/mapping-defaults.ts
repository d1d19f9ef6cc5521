/** What a mapping has where nobody says otherwise, and why. */
import type { GuardedAction, MappingDefinition } from '../model/mapping.ts';

export const defaultSettings: MappingDefinition['settings'] = {
  isLinking: true,
  runsTargetPhase: true,
  // A source without anything is more often one that could not be read than one that everybody has left.
  allowsEmptySource: false,
  correlatesEmptyTarget: false,
  // A filter that is narrowed for a test must not change what it leaves out.
  updatesOutsideFilter: false,
  isSourceKeyCaseSensitive: true,
  isTargetKeyCaseSensitive: true,
};

export const defaultGuards: MappingDefinition['guards'] = {
  // Whoever leaves does so one by one. Many at once are a mistake in the source, the scope or the mapping.
  DELETE: { count: 50, percent: 5 },
  UNLINK: { count: 50, percent: 5 },
  // The first run creates everybody, and a new row changes everybody.
  UPDATE: { count: 0, percent: 0 },
  CREATE: { count: 0, percent: 0 },
} satisfies Record<GuardedAction, { count: number; percent: number }>;
