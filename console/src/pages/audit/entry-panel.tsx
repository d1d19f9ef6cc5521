/** An entry of the audit log in the panel at the side, with everything that was noted of it. */
import type { AuditEntry } from '../../../../src/http/schemas/audit.ts';
import { Button } from '../../kit/button.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { Badge } from '../../kit/status-badge.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/audit.ts';
import { outcomeLooks } from './outcome-looks.ts';

type Props = Readonly<{
  entry: AuditEntry;
  onClose: () => void;
  onFilter: (filter: Readonly<{ actor?: string; action?: string }>) => void;
}>;

export function EntryPanel({ entry, onClose, onFilter }: Props) {
  const { auditId, recordedAt, actor, action, subject, outcome, detail, requestId, address } = entry;
  const details = Object.entries(detail);
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={action}
      subtitle={t('audit.number', { auditId })}
      footer={
        <>
          <Button onClick={() => onFilter({ action })}>{t('audit.onlyAction')}</Button>
          <Button onClick={() => onFilter({ actor })}>{t('audit.onlyActor')}</Button>
        </>
      }
    >
      <div className="grid gap-6">
        <KeyValueList
          items={[
            [t('audit.time'), <Time key="time" value={recordedAt} />],
            [t('audit.actor'), actor],
            [t('audit.subject'), subject],
            [
              t('audit.outcome'),
              <Badge key="outcome" kind={outcomeLooks[outcome]}>
                {t(`audit.outcome.${outcome}`)}
              </Badge>,
            ],
            [t('audit.address'), address ?? t('audit.commandLine')],
            ...(requestId === null
              ? []
              : [
                  [
                    t('audit.request'),
                    <code key="request" className="text-[.8rem]">
                      {requestId}
                    </code>,
                  ] as const,
                ]),
          ]}
        />
        <section className="grid gap-2" aria-label={t('audit.detail')}>
          <h3 className="font-semibold">{t('audit.detail')}</h3>
          {details.length === 0 ? (
            <p className="text-muted">{t('audit.noDetail')}</p>
          ) : (
            <KeyValueList items={details.map(([name, value]) => [name, render(value)])} />
          )}
        </section>
      </div>
    </SidePanel>
  );
}

/** A detail as it is: words, numbers, lists of them, and whatever else as JSON. */
function render(value: unknown): string {
  if (value === null) return t('form.empty');
  if (typeof value === 'boolean') return t(value ? 'form.yes' : 'form.no');
  if (Array.isArray(value)) return value.map(render).join(', ') || t('form.empty');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
