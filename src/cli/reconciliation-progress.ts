// How a run of a mapping comes along: a line for each of its stages, on a terminal drawn over as it goes.
import { group } from '../model/number-words.ts';
import { type ReconciliationStage, reconciliationStages } from '../model/reconciliation.ts';
import type { ReconciliationProgress } from '../reconciliation/progress.ts';
import type { PaintedLine, View } from './progress-view.ts';

/** What is shown of a run: the stage that it is in, and how far the stages before it came. */
type Standing = Readonly<{
  stage: ReconciliationStage;
  processed: Readonly<
    Partial<Record<ReconciliationStage, Pick<ReconciliationProgress, 'processed' | 'total'>>>
  >;
}>;

const stageWords: Readonly<Record<ReconciliationStage, string>> = {
  reading: 'looking at both sides',
  pairing: 'pairing by account links',
  correlating: 'looking for matches',
  assessing: 'finding out what is to do',
  checking: 'holding it against the guards',
  acting: 'doing it',
  ended: 'done',
};

/** How long a stage may go on without a plain line. */
const quietMs = 5_000;

/** Does some work and shows how it comes along; when it fails, what was shown last is kept. */
export async function showReconciling<T>(
  view: View,
  work: (report: (progress: ReconciliationProgress) => void) => Promise<T>,
): Promise<T> {
  let standing: Standing | undefined;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const painting = view.paint(() => (standing === undefined ? [] : stageLines(standing)));
  const report = ({ stage, processed, total }: ReconciliationProgress) => {
    const isNew = stage !== standing?.stage;
    standing = { stage, processed: { ...standing?.processed, [stage]: { processed, total } } };
    if (view.isLive || stage === 'ended') return;
    const nowMs = performance.now();
    if (!isNew && nowMs - saidAtMs < quietMs) return;
    saidAtMs = nowMs;
    view.say(`${stageWords[stage]}${behind(amountText({ processed, total }))}`);
  };
  try {
    const result = await work(report);
    painting.end();
    return result;
  } finally {
    painting.end(true);
  }
}

/** The stages up to the one that is under way. */
export function stageLines({ stage, processed }: Standing): readonly PaintedLine[] {
  const at = reconciliationStages.indexOf(stage);
  return reconciliationStages.slice(0, at + 1).flatMap((one, index): PaintedLine[] => {
    if (one === 'ended') return [];
    const amount = processed[one];
    // One that was gone on with has passed stages that nobody told of.
    if (amount === undefined && index < at) return [];
    const text = `${stageWords[one]}${behind(amount === undefined ? '' : amountText(amount))}`;
    return [{ look: index < at ? 'done' : 'applying', text }];
  });
}

function amountText({ processed, total }: Pick<ReconciliationProgress, 'processed' | 'total'>): string {
  if (total === null) return processed === 0 ? '' : group(processed);
  if (total === 0) return '';
  return `${group(processed)} of ${group(total)}`;
}

function behind(amount: string): string {
  return amount === '' ? '' : `: ${amount}`;
}
