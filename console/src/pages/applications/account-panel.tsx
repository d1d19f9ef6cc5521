/** An account at the side: everything that is stored of it, as JSON, and the way to its page in the directory. */
import { Link } from '@tanstack/react-router';
import type { ApplicationAccount } from '../../../../src/http/schemas/applications.ts';
import { CodeBlock } from '../../kit/code-block.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { t } from '../../texts/applications.ts';

export function AccountPanel({
  account: { key, name, attributes },
  connection,
  type,
  onClose,
}: Readonly<{ account: ApplicationAccount; connection: string; type: string; onClose: () => void }>) {
  return (
    <SidePanel
      isOpen
      onClose={onClose}
      title={name}
      subtitle={key}
      footer={
        <Link to="/directory/$connection/$type/$key" params={{ connection, type, key }} className="btn">
          {t('data.openDirectory')}
        </Link>
      }
    >
      <CodeBlock
        code={JSON.stringify({ id: key, ...attributes }, null, 2)}
        label={t('data.json', { name })}
        isWrapped
      />
    </SidePanel>
  );
}
