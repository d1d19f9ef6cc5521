/** Deploying: files are chosen, compared with what is deployed, and deployed in its place. */
import { FileUp, FolderUp, RefreshCw } from 'lucide-react';
import { type ChangeEvent, useRef, useState } from 'react';
import type {
  ConfigurationFileUpload,
  ConfigurationPlan,
} from '../../../../src/http/schemas/configuration.ts';
import { planFiles } from '../../data/configuration.ts';
import { problemOf } from '../../data/problem.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Skeleton } from '../../kit/states.tsx';
import { t } from '../../texts/configuration.ts';
import { ConfirmDeployment } from './configuration-confirm.tsx';
import { type ChosenFiles, readFiles } from './configuration-files.ts';
import { PlanView } from './configuration-plan.tsx';

type Comparison = Readonly<{ files: readonly ConfigurationFileUpload[]; plan: ConfigurationPlan }>;

export function DeployPanel() {
  const [comparison, setComparison] = useState<Comparison>();
  const [refusal, setRefusal] = useState<string>();
  const [notice, setNotice] = useState<string>();
  const [done, setDone] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);

  const compare = async (files: readonly ConfigurationFileUpload[]) => {
    setBusy(true);
    setRefusal(undefined);
    setDone(undefined);
    try {
      setComparison({ files, plan: await planFiles(files) });
    } catch (error) {
      setRefusal(problemOf(error).message);
    } finally {
      setBusy(false);
    }
  };
  const choose = async (chosen: ChosenFiles) => {
    setComparison(undefined);
    setNotice(undefined);
    setDone(undefined);
    if (chosen.kind === 'refused') setRefusal(chosen.reason);
    else await compare(chosen.files);
  };
  const isReady = comparison !== undefined && comparison.plan.mistakes.length === 0;
  const count = comparison?.plan.changes.length ?? 0;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Card title={t('configuration.choose')}>
        <div className="grid gap-3">
          <p className="text-muted">{t('configuration.chooseHint')}</p>
          <div className="flex flex-wrap items-center gap-2">
            <FileChoice onChoose={choose} isFolder />
            <FileChoice onChoose={choose} />
            {comparison && (
              <>
                <span className="text-muted">
                  {t('configuration.chosen', { count: comparison.files.length })}
                </span>
                <Button icon={RefreshCw} onClick={() => compare(comparison.files)} isDisabled={isBusy}>
                  {t('configuration.again')}
                </Button>
              </>
            )}
            {isReady && count > 0 && (
              <Button
                look="primary"
                permission="/Syncline/Configuration/Deploy"
                isDisabled={isBusy}
                onClick={() => setAsked(true)}
              >
                {t('configuration.deploy', { count })}
              </Button>
            )}
          </div>
        </div>
      </Card>
      <div role="status" className="grid gap-4 empty:hidden">
        {refusal !== undefined && (
          <Banner kind="bad" title={t('configuration.planFailed')}>
            {refusal}
          </Banner>
        )}
        {notice !== undefined && <Banner kind="warn" title={notice} />}
        {done !== undefined && <Banner kind="ok" title={done} />}
      </div>
      {isBusy && <Skeleton lines={6} />}
      {!isBusy && comparison && <PlanView plan={comparison.plan} />}
      {comparison && (
        <ConfirmDeployment
          isOpen={isAsked}
          onClose={() => setAsked(false)}
          files={comparison.files}
          plan={comparison.plan}
          onDone={({ revision, summary }) => {
            setComparison(undefined);
            setNotice(undefined);
            setDone(`${t('configuration.deployed', { revision })}. ${summary}`);
          }}
          onOutdated={async (who) => {
            await compare(comparison.files);
            setNotice(t('configuration.meanwhile', { who }));
          }}
        />
      )}
    </div>
  );
}

function FileChoice({
  onChoose,
  isFolder = false,
}: Readonly<{ onChoose: (chosen: ChosenFiles) => Promise<void>; isFolder?: boolean }>) {
  const input = useRef<HTMLInputElement>(null);
  const label = isFolder ? t('configuration.folder') : t('configuration.files');
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const chosen = await readFiles([...(target.files ?? [])]);
    // The same files can be chosen again once they were changed.
    target.value = '';
    await onChoose(chosen);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        className="sr-only"
        tabIndex={-1}
        aria-label={label}
        onChange={take}
        {...(isFolder ? { webkitdirectory: '' } : { accept: '.xml,.json' })}
      />
      <Button icon={isFolder ? FolderUp : FileUp} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
