/** The deployed configuration: what is in it, deploying another one, and what was deployed when. */
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { configurationQuery, readDeployedFile } from '../../data/configuration.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../kit/button.tsx';
import { Page } from '../../kit/page.tsx';
import { choice, useSearchState } from '../../kit/search-state.ts';
import { Tabs } from '../../kit/tabs.tsx';
import { showFailure } from '../../kit/toasts.tsx';
import { t } from '../../texts/configuration.ts';
import { DeployPanel } from './configuration-deploy.tsx';
import { DeployedElements } from './configuration-elements.tsx';
import { DeploymentHistory } from './configuration-history.tsx';

const tabKeys = ['deployed', 'deploy', 'history'] as const;
const fields = { tab: choice(tabKeys, 'deployed') };

export function ConfigurationPage() {
  const [{ tab }, change] = useSearchState(fields);
  const { data } = useQuery(configurationQuery({ pageSize: 50 }));
  const mayDeploy = useMay('/Syncline/Configuration/Deploy');
  const open = (key: (typeof tabKeys)[number]) => change({ tab: key });
  const isDeployed = (data?.revision ?? 0) > 0;
  return (
    <Page
      title={t('configuration.title')}
      part={t(`configuration.tab.${tab}`)}
      description={t('configuration.summary')}
      actions={
        <>
          {isDeployed && (
            <Button icon={Download} onClick={download}>
              {t('configuration.export')}
            </Button>
          )}
          {mayDeploy && tab !== 'deploy' && (
            <Button look="primary" onClick={() => open('deploy')}>
              {t('configuration.toDeploy')}
            </Button>
          )}
        </>
      }
    >
      <Tabs
        label={t('configuration.tabs')}
        value={tab}
        onChange={open}
        tabs={[
          {
            key: 'deployed',
            label: t('configuration.tab.deployed'),
            content: <DeployedElements onDeploy={mayDeploy ? () => open('deploy') : undefined} />,
          },
          { key: 'deploy', label: t('configuration.tab.deploy'), content: <DeployPanel />, isKept: true },
          { key: 'history', label: t('configuration.tab.history'), content: <DeploymentHistory /> },
        ]}
      />
    </Page>
  );
}

function typeOf(path: string): string {
  return path.endsWith('.json') ? 'application/json' : 'application/xml';
}

async function download(): Promise<void> {
  try {
    const { files } = await readDeployedFile();
    for (const { path, content } of files) {
      const address = URL.createObjectURL(new Blob([content], { type: typeOf(path) }));
      const link = document.createElement('a');
      link.href = address;
      link.download = path.slice(path.lastIndexOf('/') + 1);
      link.click();
      // The browser has taken it by then.
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    }
  } catch (error) {
    showFailure(t('configuration.exportFailed'), error);
  }
}
