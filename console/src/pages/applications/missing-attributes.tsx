/** Says that mappings read what the tenant does not export, and offers to have it exported. */
import type { Application } from '../../../../src/http/schemas/applications.ts';
import { addMissingAttributes } from '../../data/applications.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/applications.ts';

export function MissingAttributes({ application }: Readonly<{ application: Application }>) {
  const { id, missingAttributes, connection } = application;
  if (missingAttributes.length === 0) return null;
  const names = missingAttributes.map(({ type, attribute }) => `${type}.${attribute}`).join(', ');
  const add = async () => {
    try {
      await addMissingAttributes(id);
      showToast({ kind: 'success', title: t('missing.addedToast'), description: names });
    } catch (error) {
      showFailure(t('missing.failedToast'), error);
    }
  };
  return (
    <Banner
      kind="warn"
      title={t('missing.title', { count: missingAttributes.length })}
      actions={
        connection.isOwn && (
          <Button permission="/Connectors/Connector/Update" onClick={() => void add()}>
            {t('missing.add')}
          </Button>
        )
      }
    >
      {t(connection.isOwn ? 'missing.text' : 'missing.elsewhere', { names })}
    </Banner>
  );
}
