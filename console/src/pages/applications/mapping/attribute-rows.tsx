/** The rows of a mapping: what of the source becomes what of the target, with a preview for one account. */
import { ArrowDown, ArrowRight, ArrowUp, Pencil, Plus, X } from 'lucide-react';
import type { EvaluatedObject } from '../../../../../src/http/schemas/mapping-evaluation.ts';
import type { MappingMistake, MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import { Button, IconButton } from '../../../kit/button.tsx';
import { Card } from '../../../kit/card.tsx';
import { ScrollRegion } from '../../../kit/scroll-region.tsx';
import { Badge } from '../../../kit/status-badge.tsx';
import { t } from '../../../texts/mappings.ts';
import { Outcome, wordsOfOutcome } from './evaluated-value.tsx';
import { type AttributeRow, messageAt, moved } from './mapping-values.ts';
import { describeRules, describeSource } from './row-values.ts';

type Props = Readonly<{
  rows: readonly AttributeRow[];
  source: MappingSide;
  target: MappingSide;
  mistakes: readonly MappingMistake[];
  preview: EvaluatedObject | undefined;
  isReadOnly: boolean;
  onChange: (rows: readonly AttributeRow[]) => void;
  /** Opens a row by its place; a new one for a target behind the last. */
  onOpen: (index: number, target?: string) => void;
}>;

export function AttributeRows(props: Props) {
  const { rows, source, target, isReadOnly, onOpen } = props;
  const isMapped = (name: string) => rows.some((row) => row.target === name);
  const required = target.attributes.filter(({ isRequired }) => isRequired);
  const missing = required.filter(({ name }) => !isMapped(name));
  const { connection, type } = target;
  return (
    <Card
      isFlush
      title={t('mappings.attributes', { target: t('mappings.side', { connection, type }) })}
      actions={
        <div className="flex flex-wrap items-center gap-3">
          <span className="text-2xs text-muted">
            {t('mappings.counted', {
              count: rows.length,
              covered: required.length - missing.length,
              required: required.length,
            })}
          </span>
          {!isReadOnly && (
            <Button icon={Plus} onClick={() => onOpen(rows.length)}>
              {t('mappings.add')}
            </Button>
          )}
        </div>
      }
    >
      {rows.length === 0 && missing.length === 0 ? (
        <p className="p-4 text-muted">{t('mappings.none')}</p>
      ) : (
        <ScrollRegion label={t('mappings.attributes', { target: type })}>
          <table className="grid-table min-w-[56rem]" aria-label={t('mappings.title')}>
            <Columns />
            <Head source={source} target={target} preview={props.preview} />
            <tbody>
              {missing.map(({ name }) => (
                <MissingRow key={name} name={name} {...props} />
              ))}
              {rows.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows may set the same property.
                <Row key={index} row={row} index={index} {...props} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Card>
  );
}

function Columns() {
  return (
    <colgroup>
      <col />
      <col className="w-10" />
      <col className="w-44" />
      <col className="w-28" />
      <col className="w-40" />
      <col />
      <col className="w-44" />
    </colgroup>
  );
}

function Head({
  source,
  target,
  preview,
}: Pick<Props, 'source' | 'target'> & Readonly<{ preview: EvaluatedObject | undefined }>) {
  const words = ({ connection, type }: MappingSide) => t('mappings.side', { connection, type });
  return (
    <thead>
      <tr>
        <th scope="col" title={words(source)}>
          {t('mappings.property', { type: source.type })}
        </th>
        <td aria-hidden />
        <th scope="col" title={words(target)}>
          {t('mappings.property', { type: target.type })}
        </th>
        <th scope="col">{t('mappings.kind')}</th>
        <th scope="col">{t('mappings.rules')}</th>
        <th scope="col">
          {preview ? t('mappings.previewOf', { name: preview.name }) : t('mappings.preview')}
        </th>
        <th scope="col">
          <span className="sr-only">{t('mappings.acts')}</span>
        </th>
      </tr>
    </thead>
  );
}

function MissingRow({ name, rows, isReadOnly, onOpen }: Props & Readonly<{ name: string }>) {
  return (
    <tr className="text-bad">
      <td title={t('mappings.missing', { target: name })}>{t('mappings.missing', { target: name })}</td>
      <td>
        <ArrowRight aria-hidden size={15} />
      </td>
      <td>
        <Code>{name}</Code>
      </td>
      <td colSpan={3}>
        <Badge kind="failed">{t('mappings.requiredUnmapped')}</Badge>
      </td>
      <td>
        {!isReadOnly && (
          <span className="cell-act">
            <IconButton
              icon={Plus}
              label={t('mappings.missingAct', { target: name })}
              onClick={() => onOpen(rows.length, name)}
            />
          </span>
        )}
      </td>
    </tr>
  );
}

function Row({
  row,
  index,
  rows,
  mistakes,
  preview,
  isReadOnly,
  onChange,
  onOpen,
}: Props & Readonly<{ row: AttributeRow; index: number }>) {
  const { target, source } = row;
  const message = messageAt(mistakes, `attributes/${index}`);
  const evaluated = preview?.rows.find((one) => one.row === index);
  const rules = describeRules(row).join(', ');
  return (
    <>
      <tr>
        <td title={describeSource(source)}>
          <Code>{describeSource(source)}</Code>
        </td>
        <td>
          <ArrowRight aria-hidden size={15} className="text-muted" />
        </td>
        <td title={target}>
          <button
            type="button"
            className="link"
            aria-label={t('mappings.edit', { target })}
            onClick={() => onOpen(index)}
          >
            <Code>{target}</Code>
          </button>
        </td>
        <td>{t(`mappings.kind.${source.kind}`)}</td>
        <td title={rules}>{rules}</td>
        <td title={evaluated && wordsOfOutcome(evaluated.outcome)}>
          {evaluated && <Outcome outcome={evaluated.outcome} />}
        </td>
        <td>
          {!isReadOnly && (
            <span className="cell-act flex">
              <IconButton
                icon={ArrowUp}
                label={t('mappings.up', { target })}
                isDisabled={index === 0}
                onClick={() => onChange(moved(rows, index, index - 1))}
              />
              <IconButton
                icon={ArrowDown}
                label={t('mappings.down', { target })}
                isDisabled={index === rows.length - 1}
                onClick={() => onChange(moved(rows, index, index + 1))}
              />
              <IconButton
                icon={Pencil}
                label={t('mappings.edit', { target })}
                onClick={() => onOpen(index)}
              />
              <IconButton
                icon={X}
                label={t('mappings.remove', { target })}
                onClick={() => onChange(rows.filter((_, place) => place !== index))}
              />
            </span>
          )}
        </td>
      </tr>
      {message !== undefined && (
        <tr>
          <td colSpan={7} className="whitespace-normal! py-1.5! text-bad">
            {message}
          </td>
        </tr>
      )}
    </>
  );
}

function Code({ children }: Readonly<{ children: string }>) {
  return (
    <code className="rounded-md border border-line bg-sunken px-1.5 py-0.5 font-mono text-[.8rem]">
      {children}
    </code>
  );
}
