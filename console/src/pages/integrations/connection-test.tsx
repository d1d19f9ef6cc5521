/** Test Connection: a message at the upper right, and in place each check's outcome, which stays. */
import { useState } from 'react';
import type { CheckReport } from '../../../../src/http/schemas/checks.ts';
import { Banner } from '../../kit/banner.tsx';
import { CheckList } from '../../kit/check-list.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/integrations.ts';

export type ConnectionTest = Readonly<{
  isTesting: boolean;
  report: CheckReport | undefined;
  /** What was tried when the report came about. */
  subject: string | undefined;
  /** Tries out what `subject` stands for; gives what was thrown where it came to no report. */
  run: (tenant: string, subject: string, test: () => Promise<CheckReport>) => Promise<unknown>;
}>;

export function useConnectionTest(): ConnectionTest {
  const [isTesting, setTesting] = useState(false);
  const [found, setFound] = useState<Readonly<{ report: CheckReport; subject: string }>>();
  return {
    isTesting,
    report: found?.report,
    subject: found?.subject,
    run: async (tenant, subject, test) => {
      setTesting(true);
      setFound(undefined);
      try {
        const report = await test();
        setFound({ report, subject });
        tell(report, tenant);
        return undefined;
      } catch (error) {
        // At the upper right whatever it is: the field that it is about may not be on the page.
        showFailure(t('integrations.testRefused'), error);
        return error;
      } finally {
        setTesting(false);
      }
    },
  };
}

/** The message at the upper right. */
export function tell({ isSuccessful, checks }: CheckReport, tenant: string): void {
  if (isSuccessful) {
    const description = t('integrations.testSuccessText', { tenant });
    showToast({ kind: 'success', title: t('integrations.testSuccess'), description });
    return;
  }
  const failed = checks.find(({ outcome }) => outcome === 'failed');
  showToast({
    kind: 'failure',
    title: t('integrations.testFailure'),
    description: [failed?.message, failed?.remedy].filter(Boolean).join(' '),
  });
}

export function TestResult({ report }: Readonly<{ report: CheckReport }>) {
  return (
    <section className="grid gap-3" aria-label={t('integrations.testSteps')}>
      <Banner
        kind={report.isSuccessful ? 'ok' : 'bad'}
        title={t(report.isSuccessful ? 'integrations.testSuccess' : 'integrations.testFailure')}
      />
      <CheckList label={t('integrations.testSteps')} checks={report.checks} />
    </section>
  );
}
