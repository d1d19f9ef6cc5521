/** A value as people read it: what a row gave for an account, and what an object has. */
import type { EvaluatedValue } from '../../../../../src/http/schemas/mapping-evaluation.ts';
import { Badge } from '../../../kit/status-badge.tsx';
import { t } from '../../../texts/mappings.ts';

/** What a row gave. */
export function Outcome({ outcome }: Readonly<{ outcome: EvaluatedValue }>) {
  switch (outcome.kind) {
    case 'value':
      return <Value value={outcome.value} />;
    case 'ignored':
      return <span className="text-muted">{t('mappings.value.ignored')}</span>;
    case 'hidden':
      return <span className="text-muted">{t('mappings.value.hidden')}</span>;
    case 'links':
      return <span>{t('mappings.value.links', { count: outcome.count })}</span>;
    case 'failed':
      return (
        <span className="inline-flex min-w-0 items-center gap-1.5">
          <Badge kind="failed">{t('status.failed')}</Badge>
          <span className="min-w-0 break-words">{outcome.message}</span>
        </span>
      );
  }
}

/** The words of what a row gave, for titles. */
export function wordsOfOutcome(outcome: EvaluatedValue): string {
  switch (outcome.kind) {
    case 'value':
      return wordsOfValue(outcome.value);
    case 'ignored':
      return t('mappings.value.ignored');
    case 'hidden':
      return t('mappings.value.hidden');
    case 'links':
      return t('mappings.value.links', { count: outcome.count });
    case 'failed':
      return outcome.message;
  }
}

export function Value({ value }: Readonly<{ value: unknown }>) {
  if (isEmpty(value)) return <span className="text-muted">{t('mappings.value.empty')}</span>;
  return <span className="break-words">{wordsOfValue(value)}</span>;
}

export function wordsOfValue(value: unknown): string {
  if (isEmpty(value)) return t('mappings.value.empty');
  if (typeof value === 'string') return value;
  const isPlainList = Array.isArray(value) && value.every((one) => typeof one !== 'object');
  return isPlainList ? value.join(', ') : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
