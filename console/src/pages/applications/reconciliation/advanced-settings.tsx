/** What a run looks at and what holds it back: filters on both sides, empty sides, the target phase, and limits. */
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import { Card } from '../../../kit/card.tsx';
import { type AppForm, Field } from '../../../kit/form.tsx';
import { Switch } from '../../../kit/switch.tsx';
import { TextField } from '../../../kit/text-field.tsx';
import { t } from '../../../texts/reconciliation.ts';
import { guardedActions, type SettingsValues } from './settings-values.ts';
import { SideFilter } from './side-filter.tsx';
import type { Sides } from './words.ts';

type Props = Readonly<{
  form: AppForm<SettingsValues>;
  mapping: Mapping;
  sides: Sides;
  isReadOnly: boolean;
}>;

export function AdvancedSettings({ form, mapping, sides, isReadOnly }: Props) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-2">
      <Card title={t('advanced.filterSource')}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
          <Field of={form} name="filterSource">
            {(field) => (
              <SideFilter
                {...field}
                isTitled
                set={mapping.source}
                counted={mapping.source}
                isReadOnly={isReadOnly}
              />
            )}
          </Field>
          <p className="text-[.8667rem] text-muted">{t('advanced.filterSourceHint', sides)}</p>
          <Field of={form} name="updatesOutsideFilter">
            {(field) => (
              <Switch {...field} isReadOnly={isReadOnly} hint={t('advanced.outsideFilterHint', sides)} />
            )}
          </Field>
        </div>
      </Card>
      <Card title={t('advanced.filterTarget')}>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
          <Field of={form} name="filterTarget">
            {(field) => (
              <SideFilter
                {...field}
                isTitled
                set={mapping.target}
                counted={mapping.target}
                isReadOnly={isReadOnly}
              />
            )}
          </Field>
          <p className="text-[.8667rem] text-muted">{t('advanced.filterTargetHint', sides)}</p>
          <Field of={form} name="runsTargetPhase">
            {(field) => (
              <Switch {...field} isReadOnly={isReadOnly} hint={t('advanced.targetPhaseHint', sides)} />
            )}
          </Field>
          <Field of={form} name="correlatesEmptyTarget">
            {(field) => (
              <Switch {...field} isReadOnly={isReadOnly} hint={t('advanced.emptyTargetHint', sides)} />
            )}
          </Field>
          <Field of={form} name="allowsEmptySource">
            {(field) => (
              <Switch {...field} isReadOnly={isReadOnly} hint={t('advanced.emptySourceHint', sides)} />
            )}
          </Field>
        </div>
      </Card>
      <Card title={t('guards.title')} className="xl:col-span-2">
        <p className="mb-3 max-w-3xl text-[.8667rem] text-muted">{t('guards.hint')}</p>
        <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
          {guardedActions.map((action) => (
            <fieldset key={action} className="grid content-start gap-2">
              <legend className="mb-1 font-medium">{t(`guards.${action}`, sides)}</legend>
              <Field of={form} name={`guards.${action}.count`}>
                {(field) => (
                  <TextField
                    {...field}
                    isReadOnly={isReadOnly}
                    label={t('guards.count')}
                    inputMode="numeric"
                  />
                )}
              </Field>
              <Field of={form} name={`guards.${action}.percent`}>
                {(field) => (
                  <TextField
                    {...field}
                    isReadOnly={isReadOnly}
                    label={t('guards.percent')}
                    inputMode="numeric"
                  />
                )}
              </Field>
            </fieldset>
          ))}
        </div>
      </Card>
    </div>
  );
}
