/** The sync token: how far incremental runs have come in the log of changes, and the way to have them look at everything. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { positionQuery, resetPosition } from '../../../data/reconciliation.ts';
import { Button } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { KeyValueList } from '../../../kit/key-value-list.tsx';
import { Loaded } from '../../../kit/states.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { Count, Time } from '../../../kit/values.tsx';
import { t } from '../../../texts/reconciliation.ts';

export function PositionCard({ mapping }: Readonly<{ mapping: Mapping }>) {
  const query = useQuery(positionQuery(mapping.name));
  const [isAsking, setAsking] = useState(false);
  return (
    <Card
      title={t('position.title')}
      actions={
        <Button
          permission="/Syncline/Mappings/Update"
          disabledReason={query.data?.position === null ? t('position.nothing') : undefined}
          onClick={() => setAsking(true)}
        >
          {t('position.resetDots')}
        </Button>
      }
    >
      <Loaded query={query} lines={2}>
        {({ position, latest, reachedAt, reachedBy, retries }) => (
          <KeyValueList
            items={[
              [
                t('position.position'),
                position === null ? t('position.none') : <Count key="position" value={position} />,
              ],
              [
                t('position.behind'),
                <Count key="behind" value={position === null ? null : latest - position} />,
              ],
              [
                t('position.reached'),
                reachedBy === null ? (
                  t('time.none')
                ) : (
                  <span key="reached">
                    <Time value={reachedAt} />
                    {', '}
                    {t('position.by', { number: reachedBy })}
                  </span>
                ),
              ],
              [t('position.retries'), <Count key="retries" value={retries} />],
            ]}
          />
        )}
      </Loaded>
      <p className="mt-3 max-w-3xl text-[.8667rem] text-muted">{t('position.hint')}</p>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t('position.resetTitle')}
        confirm={t('position.reset')}
        look="primary"
        permission="/Syncline/Mappings/Update"
        onConfirm={async () => {
          await resetPosition(mapping.name);
          showToast({ kind: 'success', title: t('position.wasReset') });
        }}
      >
        <p>{t('position.resetText')}</p>
      </ConfirmDialog>
    </Card>
  );
}
