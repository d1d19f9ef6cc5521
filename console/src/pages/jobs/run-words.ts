/** How runs are named in words. */
import type { RunSummary } from '../../../../src/http/schemas/runs.ts';
import { t } from '../../texts/jobs.ts';

const triggers = ['schedule', 'api', 'command', 'console', 'follow', 'resume'] as const;

/** What it reads, and whether guards hold it. */
export function modeWords({ isFull, isForced }: Pick<RunSummary, 'isFull' | 'isForced'>): string {
  const mode = isFull ? t('mode.full') : t('mode.incremental');
  return isForced ? `${mode}, ${t('mode.forced')}` : mode;
}

/** What started it, and who. */
export function starterWords({ trigger, startedBy }: Pick<RunSummary, 'trigger' | 'startedBy'>): string {
  const known = triggers.find((each) => each === trigger);
  if (known === undefined) return startedBy;
  // The schedule and following start runs in nobody's name.
  if (known === 'schedule' || known === 'follow') return t(`trigger.${known}`);
  return t('trigger.by', { trigger: t(`trigger.${known}`), name: startedBy });
}
