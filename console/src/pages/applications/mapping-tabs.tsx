/** The parts of an application that are about one of its mappings. */
import { lazyPart } from '../../kit/lazy-part.tsx';
import { useApplication } from './application-context.ts';
import { MappingChoice } from './mapping-choice.tsx';

const MappingPage = lazyPart(() =>
  import('./mapping/mapping-page.tsx').then(({ MappingPage: part }) => part),
);
const ResultsPage = lazyPart(() =>
  import('./reconciliation/results-page.tsx').then(({ ReconciliationResultsPage: part }) => part),
);
const SettingsPage = lazyPart(() =>
  import('./reconciliation/settings-page.tsx').then(({ ReconciliationSettingsPage: part }) => part),
);

export function MappingTab() {
  const application = useApplication();
  return (
    <MappingChoice>{(name) => <MappingPage application={application} mappingName={name} />}</MappingChoice>
  );
}

export function ReconcileTab() {
  const application = useApplication();
  return (
    <MappingChoice>{(name) => <ResultsPage application={application} mappingName={name} />}</MappingChoice>
  );
}

export function ReconciliationSettingsTab() {
  const application = useApplication();
  return (
    <MappingChoice>{(name) => <SettingsPage application={application} mappingName={name} />}</MappingChoice>
  );
}
