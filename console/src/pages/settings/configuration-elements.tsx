/** The deployed elements, searched and looked at as XML. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConfigurationAnswer } from '../../../../src/http/schemas/configuration.ts';
import { configurationQuery } from '../../data/configuration.ts';
import { Button } from '../../kit/button.tsx';
import { CodeBlock } from '../../kit/code-block.tsx';
import { type Column, DataTable } from '../../kit/data-table.tsx';
import { listFields, useList } from '../../kit/list-state.ts';
import { text } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { SidePanel } from '../../kit/side-panel.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/configuration.ts';

type Element = ConfigurationAnswer['items'][number];

const fields = listFields('', { kind: text() });
const keyOf = ({ kind, identifier }: Element) => `${kind} ${identifier}`;

const columns: readonly Column<Element>[] = [
  {
    key: 'identifier',
    title: t('configuration.identifier'),
    cell: ({ identifier }) => identifier,
    width: 18,
  },
  { key: 'kind', title: t('configuration.kind'), cell: ({ kind }) => kind, width: 14 },
  { key: 'name', title: t('configuration.name'), cell: ({ displayName }) => displayName, width: 16 },
  {
    key: 'origin',
    title: t('configuration.origin'),
    cell: ({ origin }) => origin ?? t('configuration.ofFiles'),
    width: 14,
  },
];

export function DeployedElements({ onDeploy }: Readonly<{ onDeploy: (() => void) | undefined }>) {
  const list = useList(fields);
  const query = useQuery(configurationQuery(list.query));
  const [open, setOpen] = useState<Element>();
  const { data } = query;
  const kinds = data?.kinds.map(({ kind, count }) => ({
    value: kind,
    label: t('configuration.kindCount', { kind, count }),
  }));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {data && data.revision > 0 && (
        <p className="text-muted">
          {t('configuration.revision', { revision: data.revision, who: data.deployedBy })}
          {' · '}
          <Time value={data.deployedAt} />
        </p>
      )}
      <DataTable
        name="configuration"
        label={t('configuration.elements')}
        columns={columns}
        rowKey={keyOf}
        query={query}
        list={list}
        searchLabel={t('configuration.searchElements')}
        filters={
          <CompactSelect
            label={t('configuration.kind')}
            className="w-56"
            value={list.filters.kind}
            onChange={(kind) => list.setFilters({ kind: kind ?? '' })}
            options={[{ value: '', label: t('configuration.allKinds') }, ...(kinds ?? [])]}
          />
        }
        onOpen={setOpen}
        openKey={open && keyOf(open)}
        empty={{
          title: t('configuration.nothing'),
          description: t('configuration.nothingHint'),
          action: onDeploy && (
            <Button look="primary" onClick={onDeploy}>
              {t('configuration.toDeploy')}
            </Button>
          ),
        }}
      />
      <SidePanel
        isOpen={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={open?.identifier ?? ''}
        subtitle={open?.kind}
      >
        {open && <CodeBlock code={open.text} label={keyOf(open)} isWrapped />}
      </SidePanel>
    </div>
  );
}
