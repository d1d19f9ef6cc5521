/** Whether something is enabled, as the check mark or X of a table; screen readers hear the word. */
import { t } from '../texts/texts.ts';

export function EnabledMark({ isEnabled }: Readonly<{ isEnabled: boolean }>) {
  const word = t(isEnabled ? 'status.enabled' : 'status.disabled');
  return (
    <span className="status bg-transparent px-0" data-kind={isEnabled ? 'succeeded' : 'failed'} title={word}>
      <span className="sr-only">{word}</span>
    </span>
  );
}
