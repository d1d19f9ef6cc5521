/** Situation Rules: what is done in each situation, with how many there were of it and what a change would have meant for them. */
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { SituationRules } from '../../../../../src/http/schemas/mapping-schedules.ts';
import type { Mapping } from '../../../../../src/http/schemas/mappings.ts';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { formatCount } from '../../../kit/formats.ts';
import { lazyPart } from '../../../kit/lazy-part.tsx';
import { Menu } from '../../../kit/menu.tsx';
import { ScrollRegion } from '../../../kit/scroll-region.tsx';
import { CompactSelect } from '../../../kit/select.tsx';
import { t } from '../../../texts/reconciliation.ts';
import {
  countIn,
  linesOf,
  type Policy,
  presetOf,
  type RuleLine,
  rulesOfPreset,
  withAction,
  withoutRule,
  withRule,
} from './rule-values.ts';
import { type Action, actionNames, idleActions, type Sides, type Situation } from './words.ts';

const RuleDialog = lazyPart(() => import('./rule-dialog.tsx').then(({ RuleDialog: part }) => part), true);

type Props = Readonly<{
  mapping: Mapping;
  rules: SituationRules;
  lastRun: Reconciliation | undefined;
  sides: Sides;
  /** The rules that are in force. */
  saved: readonly Policy[];
  value: readonly Policy[];
  isReadOnly: boolean;
  onChange: (policies: readonly Policy[]) => void;
}>;

export function SituationRulesCard(props: Props) {
  const { mapping, rules, value, isReadOnly, onChange } = props;
  const [isAdding, setAdding] = useState(false);
  const [preset, setPreset] = useState<SituationRules['presets'][number]>();
  const present = rules.presets.find(({ name }) => name === presetOf(value, rules));
  return (
    <Card
      title={t('rules.title')}
      isFlush
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-[.8667rem] text-muted">
            {t('rules.preset', { preset: present?.label ?? t('rules.custom') })}
          </span>
          {!isReadOnly && (
            <>
              <Menu
                trigger={
                  <button type="button" className="btn">
                    {t('rules.usePreset')}
                  </button>
                }
                items={rules.presets.map((one) => ({
                  key: one.name,
                  label: one.label,
                  isDisabled: one === present,
                  onSelect: () => setPreset(one),
                }))}
              />
              <Button icon={Plus} onClick={() => setAdding(true)}>
                {t('rules.add')}
              </Button>
            </>
          )}
        </div>
      }
    >
      <ScrollRegion label={t('rules.title')}>
        <table className="grid-table" aria-label={t('rules.title')} style={{ minWidth: '38rem' }}>
          <colgroup>
            <col />
            <col style={{ width: '17rem' }} />
            <col style={{ width: '6rem' }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t('rules.situation')}</th>
              <th scope="col">{t('rules.action')}</th>
              <th scope="col" className="n">
                {t('rules.lastRun')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rules.situations.map((known) => (
              <SituationRow key={known.situation} known={known} {...props} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {isAdding && (
        <RuleDialog
          mapping={mapping}
          onClose={() => setAdding(false)}
          onAdd={(rule) => {
            onChange(withRule(value, rule));
            setAdding(false);
          }}
        />
      )}
      <ConfirmDialog
        isOpen={preset !== undefined}
        onClose={() => setPreset(undefined)}
        title={t('rules.presetTitle', { preset: preset?.label ?? '' })}
        confirm={t('rules.presetConfirm')}
        look="primary"
        onConfirm={async () => preset && onChange(rulesOfPreset(preset))}
      >
        <p>{preset?.description}</p>
        <p className="text-muted">{t('rules.presetText')}</p>
        <ul className="list-disc ps-5 text-[.8667rem]">
          {Object.entries(preset?.reasons ?? {}).map(([situation, reason]) => (
            <li key={situation}>
              <span className="font-medium">{t(`situation.${situation as Situation}`)}</span>
              {': '}
              {reason}
            </li>
          ))}
        </ul>
      </ConfirmDialog>
    </Card>
  );
}

function SituationRow({
  known: { situation, usualAction, listedActions },
  value,
  saved,
  lastRun,
  sides,
  isReadOnly,
  onChange,
}: Props & Readonly<{ known: SituationRules['situations'][number] }>) {
  const lines = linesOf(value, situation, usualAction);
  const before = linesOf(saved, situation, usualAction);
  const count = countIn(lastRun, situation);
  const options = optionsOf(listedActions);
  return (
    <tr>
      <td className="whitespace-normal!">
        <span className="font-medium">{t(`situation.${situation}`)}</span>{' '}
        <span className="font-mono text-2xs text-muted">{situation}</span>
        <span className="block text-[.8rem] text-muted">{t(`situation.meaning.${situation}`)}</span>
      </td>
      <td className="whitespace-normal!">
        <ul className="grid gap-2">
          {lines.map((line, index) => (
            <li key={line.place ?? 'usual'} className="grid gap-0.5">
              {(line.condition !== undefined || lines.length > 1) && (
                <span className="text-2xs text-muted">
                  {line.condition === undefined ? t('rules.otherwise') : t('rules.when')}{' '}
                  {line.condition !== undefined && (
                    <code className="font-mono break-all">{line.condition}</code>
                  )}
                </span>
              )}
              <div className="flex items-center gap-1">
                <CompactSelect
                  className="min-w-0 flex-1"
                  label={labelOf(line, index, lines.length)}
                  value={line.action}
                  options={options}
                  isReadOnly={isReadOnly}
                  onChange={(action) => action && onChange(withAction(value, line, action))}
                />
                {!isReadOnly && line.place !== undefined && line.condition !== undefined && (
                  <IconButton
                    icon={Trash2}
                    label={t('rules.remove', { condition: line.condition })}
                    onClick={() => onChange(withoutRule(value, line.place ?? 0))}
                  />
                )}
              </div>
            </li>
          ))}
        </ul>
        <Marker lines={lines} before={before} usualAction={usualAction} count={count} sides={sides} />
      </td>
      <td className="n">
        {count === undefined ? <span className="text-muted">{'–'}</span> : formatCount(count)}
      </td>
    </tr>
  );
}

function labelOf({ situation, condition }: RuleLine, index: number, count: number): string {
  const name = t(`situation.${situation}`);
  if (count === 1) return t('rules.actionOf', { situation: name });
  return condition === undefined
    ? t('rules.actionOtherwise', { situation: name })
    : t('rules.actionOfRule', { situation: name, number: index + 1 });
}

/** The actions that make sense first, then the others, which the engine takes as well. */
function optionsOf(listed: readonly Action[]) {
  return [...listed, ...actionNames.filter((action) => !listed.includes(action))].map((value) => ({
    value,
    label: value,
    hint: t(`action.meaning.${value}`),
  }));
}

/** What was, and what the change would have meant for what the last run found. */
function Marker({
  lines,
  before,
  usualAction,
  count,
  sides,
}: Readonly<{
  lines: readonly RuleLine[];
  before: readonly RuleLine[];
  usualAction: Action;
  count: number | undefined;
  sides: Sides;
}>) {
  const action = lines.at(-1)?.action;
  const was = before.at(-1)?.action;
  if (action === undefined || was === undefined) return null;
  if (action === was) {
    return action === usualAction || lines.length > 1 ? null : (
      <span className="text-2xs text-muted">{t('rules.usually', { action: usualAction })}</span>
    );
  }
  return (
    <span className="block text-2xs" role="status">
      <span className="font-medium text-accent">{t('rules.was', { action: was })}</span>
      {count !== undefined && count > 0 && lines.length === 1 && (
        <span className={action === 'DELETE' ? 'block font-medium text-bad' : 'block text-muted'}>
          {impactOf(action, count, sides)}
        </span>
      )}
    </span>
  );
}

function impactOf(action: Action, count: number, sides: Sides): string {
  if (idleActions.has(action)) return t('impact.nothing', { count, targets: sides.targets });
  return t(`impact.${action as 'CREATE' | 'UPDATE' | 'DELETE' | 'LINK' | 'UNLINK'}`, {
    count,
    targets: sides.targets,
  });
}
