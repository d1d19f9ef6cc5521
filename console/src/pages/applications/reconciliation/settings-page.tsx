/** How a mapping is reconciled: what is done in each situation, when it runs by itself, what it looks at, and what holds it back. */
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Application } from '../../../../../src/http/schemas/applications.ts';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { mappingQuery, saveMapping } from '../../../data/mappings.ts';
import { queryClient } from '../../../data/query-client.ts';
import {
  changeMappingTiming,
  mappingScheduleQuery,
  reconciliationsQuery,
  situationRulesQuery,
} from '../../../data/reconciliation.ts';
import { useMay } from '../../../data/session.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Form, FormActions, useAppForm } from '../../../kit/form.tsx';
import { Loaded } from '../../../kit/states.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { AdvancedSettings } from './advanced-settings.tsx';
import { PositionCard } from './position-card.tsx';
import { ScheduleCards } from './schedule-cards.tsx';
import {
  definitionOf,
  guardedActions,
  isSameTiming,
  isUnlimited,
  loadedOf,
  type Schedules,
  type SettingsValues,
  scheduleKinds,
  settingsSchema,
} from './settings-values.ts';
import { SituationRulesCard } from './situation-rules.tsx';
import { sidesOf } from './words.ts';

type Props = Readonly<{ application?: Application; mappingName: string }>;

export function ReconciliationSettingsPage({ application, mappingName }: Props) {
  const query = useQuery(mappingQuery(mappingName));
  const full = useQuery(mappingScheduleQuery(mappingName, 'full'));
  const incremental = useQuery(mappingScheduleQuery(mappingName, 'incremental'));
  return (
    <Loaded query={query} lines={10}>
      {(mapping) => (
        <Loaded query={full} lines={10}>
          {(ofFull) => (
            <Loaded query={incremental} lines={10}>
              {(ofIncremental) => (
                <Settings
                  application={application}
                  mapping={mapping}
                  schedules={{ full: ofFull, incremental: ofIncremental }}
                />
              )}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

const guardLabels = Object.fromEntries(
  guardedActions.flatMap((action) => [
    [`guards.${action}.count`, t('guards.countOf', { action: t(`action.name.${action}`) })],
    [`guards.${action}.percent`, t('guards.percentOf', { action: t(`action.name.${action}`) })],
  ]),
);

function Settings({
  application,
  mapping,
  schedules,
}: Readonly<{ application: Application | undefined; mapping: Mapping; schedules: Schedules }>) {
  const [isAdvanced, setAdvanced] = useState(false);
  const rules = useQuery(situationRulesQuery);
  const lastRun = useQuery(reconciliationsQuery(mapping.name, { pageSize: 1, mode: 'full', isTelling: true }))
    .data?.items[0];
  const sides = sidesOf(application, mapping.source, mapping.target);
  const mayUpdate = useMay('/Syncline/Mappings/Update');
  const isReadOnly = mapping.origin === 'configuration' || !mayUpdate;
  const loaded = loadedOf(mapping, schedules);
  // What somebody changes here is based on the schedules as they were when they began.
  const based = useRef(schedules);
  const form = useAppForm<SettingsValues>({
    schema: settingsSchema as never,
    loaded,
    labels: {
      policies: t('rules.title'),
      filterSource: t('advanced.filterSource'),
      filterTarget: t('advanced.filterTarget'),
      runsTargetPhase: t('advanced.targetPhase'),
      updatesOutsideFilter: t('advanced.outsideFilter'),
      allowsEmptySource: t('advanced.emptySource'),
      correlatesEmptyTarget: t('advanced.emptyTarget'),
      guards: t('guards.title'),
      schedules: t('schedules.title'),
      ...guardLabels,
    },
    save: async (values, version) => {
      const { name } = mapping;
      const definition = definitionOf(mapping.definition, values);
      const isMappingChanged =
        JSON.stringify(definition) !== JSON.stringify(definitionOf(mapping.definition, loaded.values));
      // Its filters and rules first: what runs by itself from now on goes by them.
      if (isMappingChanged) await saveMapping(name, definition, version);
      for (const kind of scheduleKinds) {
        const timing = values.schedules[kind];
        if (isSameTiming(timing, loaded.values.schedules[kind])) continue;
        await changeMappingTiming(name, kind, timing, based.current[kind].version);
      }
      showToast({ kind: 'success', title: t('settings.saved') });
    },
    reload: async () => {
      const [now, full, incremental] = await Promise.all([
        queryClient.fetchQuery({ ...mappingQuery(mapping.name), staleTime: 0 }),
        queryClient.fetchQuery({ ...mappingScheduleQuery(mapping.name, 'full'), staleTime: 0 }),
        queryClient.fetchQuery({ ...mappingScheduleQuery(mapping.name, 'incremental'), staleTime: 0 }),
      ]);
      based.current = { full, incremental };
      return loadedOf(now, based.current);
    },
  });
  if (!form.isDirty) based.current = schedules;
  const { policies, guards, schedules: timings } = form.methods.watch();
  const deletes = policies.some(({ action }) => action === 'DELETE');
  const areWrongHidden = !isAdvanced && Object.keys(form.errors).some((field) => field !== 'policies');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {mapping.origin === 'configuration' && (
        <Banner kind="info" title={t('settings.ofFiles')}>
          {t('settings.ofFilesHint')}
        </Banner>
      )}
      <Form form={form} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        {deletes && isUnlimited(guards.DELETE) && (
          <Banner kind="warn" title={t('guards.noneForDelete')}>
            {t('guards.noneForDeleteHint')}
          </Banner>
        )}
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
          <Loaded query={rules} lines={12}>
            {(known) => (
              <SituationRulesCard
                mapping={mapping}
                rules={known}
                lastRun={lastRun}
                sides={sides}
                saved={mapping.definition.policies}
                value={policies}
                isReadOnly={isReadOnly}
                onChange={(next) =>
                  form.methods.setValue('policies', [...next], { shouldDirty: true, shouldTouch: true })
                }
              />
            )}
          </Loaded>
          <ScheduleCards
            mapping={mapping}
            schedules={schedules}
            value={timings}
            onChange={(kind, timing) =>
              form.methods.setValue('schedules', { ...timings, [kind]: timing }, { shouldDirty: true })
            }
          />
        </div>
        <div>
          <Button
            icon={isAdvanced || areWrongHidden ? ChevronDown : ChevronRight}
            aria-expanded={isAdvanced || areWrongHidden}
            onClick={() => setAdvanced(!isAdvanced)}
          >
            {t(isAdvanced || areWrongHidden ? 'advanced.hide' : 'advanced.show')}
          </Button>
        </div>
        {(isAdvanced || areWrongHidden) && (
          <AdvancedSettings form={form} mapping={mapping} sides={sides} isReadOnly={isReadOnly} />
        )}
        <div className="card z-2 p-4 shadow-lg md:sticky md:bottom-2">
          <FormActions
            form={form}
            permission={isReadOnly ? '/Jobs/Job/Update' : '/Syncline/Mappings/Update'}
          />
        </div>
      </Form>
      {isAdvanced && <PositionCard mapping={mapping} />}
    </div>
  );
}
