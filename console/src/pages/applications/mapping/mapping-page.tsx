/** A mapping: its attributes, how accounts find their counterparts, who is in its scope, and what it would do. */
import { useQuery } from '@tanstack/react-query';
import { Download, Plus, Upload } from 'lucide-react';
import { useState } from 'react';
import type { Application } from '../../../../../src/http/schemas/applications.ts';
import type { Mapping, MappingMistake, MappingSide } from '../../../../../src/http/schemas/mappings.ts';
import {
  evaluationQuery,
  exportPathOf,
  mappingCheckQuery,
  mappingQuery,
  sideQuery,
} from '../../../data/mappings.ts';
import { useMay } from '../../../data/session.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Form } from '../../../kit/form.tsx';
import { lazyPart } from '../../../kit/lazy-part.tsx';
import { choice, useSearchState } from '../../../kit/search-state.ts';
import { useSettled } from '../../../kit/settled.ts';
import { Loaded } from '../../../kit/states.tsx';
import { Tabs } from '../../../kit/tabs.tsx';
import { showToast } from '../../../kit/toasts.tsx';
import { t } from '../../../texts/mappings.ts';
import { type Account, AccountPicker } from './account-picker.tsx';
import { AttributeRows } from './attribute-rows.tsx';
import { useMappingForm } from './mapping-form.ts';
import { definitionOf, type MappingParts, partOfPath, partsOf } from './mapping-values.ts';
import { SaveBar } from './save-bar.tsx';

const CorrelationEditor = lazyPart(() =>
  import('./correlation-editor.tsx').then(({ CorrelationEditor: part }) => part),
);
const DeleteMapping = lazyPart(
  () => import('./delete-mapping.tsx').then(({ DeleteMapping: part }) => part),
  true,
);
const GeneralEditor = lazyPart(() => import('./general-editor.tsx').then(({ GeneralEditor: part }) => part));
const ImportDialog = lazyPart(
  () => import('./import-dialog.tsx').then(({ ImportDialog: part }) => part),
  true,
);
const NewMappingDialog = lazyPart(
  () => import('./new-mapping-dialog.tsx').then(({ NewMappingDialog: part }) => part),
  true,
);
const RowPanel = lazyPart(() => import('./row-panel.tsx').then(({ RowPanel: part }) => part), true);
const Samples = lazyPart(() => import('./samples.tsx').then(({ Samples: part }) => part));
const ScopeEditor = lazyPart(() => import('./scope-editor.tsx').then(({ ScopeEditor: part }) => part));

const permission = '/Syncline/Mappings/Update';
const parts = ['attributes', 'correlation', 'scope', 'preview', 'general'] as const;
const fields = { part: choice(parts, 'attributes') };

export function MappingPage({
  mappingName,
}: Readonly<{ application?: Application | undefined; mappingName: string }>) {
  const query = useQuery(mappingQuery(mappingName));
  return (
    <Loaded query={query} lines={8}>
      {(mapping) => <Sides mapping={mapping} />}
    </Loaded>
  );
}

/** Forms are made when everything that they offer is there. */
function Sides({ mapping }: Readonly<{ mapping: Mapping }>) {
  const source = useQuery(sideQuery(mapping.source));
  const target = useQuery(sideQuery(mapping.target));
  return (
    <Loaded query={source} lines={8}>
      {(sourceSide) => (
        <Loaded query={target} lines={8}>
          {(targetSide) => <Editor mapping={mapping} source={sourceSide} target={targetSide} />}
        </Loaded>
      )}
    </Loaded>
  );
}

type EditorProps = Readonly<{ mapping: Mapping; source: MappingSide; target: MappingSide }>;

function Editor({ mapping, source, target }: EditorProps) {
  const { name, origin } = mapping;
  const mayUpdate = useMay(permission);
  const maySee = useMay('/Syncline/Directory/Query');
  const isReadOnly = origin === 'configuration' || !mayUpdate;
  const [{ part }, changeSearch] = useSearchState(fields);
  const { form, values, set } = useMappingForm(mapping);
  const [account, setAccount] = useState<Account | null>(null);
  const [opened, setOpened] = useState<Readonly<{ index: number; target: string | null }>>();
  const [window, setWindow] = useState<'import' | 'delete' | 'new'>();
  const definition = definitionOf(values);
  const settled = useSettled(definition, 300);
  const check = useQuery(mappingCheckQuery(settled));
  const mistakes = check.data?.mistakes ?? [];
  const isWrong = check.data === undefined || mistakes.length > 0;
  const preview = useQuery({
    ...evaluationQuery(settled, account ? { keys: [account.key] } : { sample: 1 }),
    enabled: maySee && !isWrong && part === 'attributes',
  });
  const show = ({ path }: MappingMistake) => {
    const place = partOfPath(path);
    changeSearch({ part: place });
    const [, index] = /^attributes\/(\d+)/.exec(path) ?? [];
    if (index !== undefined) setOpened({ index: Number(index), target: null });
  };
  const common = { source, target, mistakes, isReadOnly };
  return (
    <Form form={form} className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {origin === 'configuration' && (
        <Banner kind="info" title={t('mappings.fixed')}>
          {t('mappings.fixedHint')}
        </Banner>
      )}
      {!form.isDirty && mapping.mistakes.length > 0 && (
        <Banner kind="warn" title={t('mappings.wrongNow')}>
          <ul className="list-disc ps-5">
            {mapping.mistakes.map(({ path, message }) => (
              <li key={path + message}>{message}</li>
            ))}
          </ul>
        </Banner>
      )}
      <div className="flex flex-wrap items-end justify-between gap-2">
        <p className="font-medium">
          {t('mappings.pair', {
            source: t('mappings.side', mapping.source),
            target: t('mappings.side', mapping.target),
          })}
        </p>
        <div className="flex flex-wrap gap-2">
          <a className="btn" href={exportPathOf(name)} download>
            <Download aria-hidden size={15} />
            {t('mappings.export')}
          </a>
          {!isReadOnly && (
            <Button icon={Upload} onClick={() => setWindow('import')}>
              {t('mappings.import')}
            </Button>
          )}
          <Button icon={Plus} permission={permission} onClick={() => setWindow('new')}>
            {t('mappings.new')}
          </Button>
        </div>
      </div>
      <Tabs
        label={t('mappings.parts')}
        value={part}
        onChange={(next) => changeSearch({ part: next })}
        tabs={[
          {
            key: 'attributes',
            label: t('mappings.part.attributes'),
            content: (
              <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
                {maySee && (
                  <div className="max-w-96">
                    <AccountPicker
                      set={mapping.source}
                      label={t('mappings.previewChoice')}
                      value={account}
                      onChange={setAccount}
                    />
                  </div>
                )}
                <AttributeRows
                  {...common}
                  rows={values.attributes}
                  preview={isWrong ? undefined : preview.data?.objects[0]}
                  onChange={(rows) => set('attributes', rows)}
                  onOpen={(index, wanted) => setOpened({ index, target: wanted ?? null })}
                />
              </div>
            ),
          },
          {
            key: 'correlation',
            label: t('mappings.part.correlation'),
            content: (
              <CorrelationEditor
                {...common}
                rules={values.correlation}
                rows={values.attributes}
                qualifiers={values.general.linkQualifiers.map((qualifier) => qualifier.name)}
                onChange={(rules) => set('correlation', rules)}
              />
            ),
          },
          {
            key: 'scope',
            label: t('mappings.part.scope'),
            content: (
              <ScopeEditor {...common} scope={values.scope} onChange={(scope) => set('scope', scope)} />
            ),
          },
          {
            key: 'preview',
            label: t('mappings.part.preview'),
            content: <Samples definition={settled} isWrong={isWrong} />,
          },
          {
            key: 'general',
            label: t('mappings.part.general'),
            content: (
              <GeneralEditor
                {...common}
                mapping={mapping}
                general={values.general}
                onChange={(general) => set('general', general)}
                onDelete={isReadOnly ? undefined : () => setWindow('delete')}
              />
            ),
          },
        ]}
      />
      {!isReadOnly && (
        <SaveBar
          isDirty={form.isDirty}
          isSaving={form.isSaving}
          formId={form.id}
          check={check.data}
          onDiscard={form.discard}
          onShow={show}
        />
      )}
      {opened && (
        <RowPanel
          key={opened.index}
          definition={definition}
          source={source}
          target={target}
          index={opened.index}
          presetTarget={opened.target}
          account={account}
          isReadOnly={isReadOnly}
          onApply={(row) => {
            const rows = values.attributes;
            set('attributes', [...rows.slice(0, opened.index), row, ...rows.slice(opened.index + 1)]);
          }}
          onClose={() => setOpened(undefined)}
        />
      )}
      {window === 'import' && (
        <ImportDialog
          definition={definition}
          onClose={() => setWindow(undefined)}
          onTaken={(taken) => {
            const next = partsOf({ definition: taken });
            for (const key of Object.keys(next) as (keyof MappingParts)[]) set(key, next[key]);
            showToast({ title: t('mappings.imported') });
          }}
        />
      )}
      {window === 'new' && (
        <NewMappingDialog
          applicationId={mapping.application?.applicationId}
          connection={mapping.source.connection}
          onClose={() => setWindow(undefined)}
        />
      )}
      {window === 'delete' && <DeleteMapping mapping={mapping} onClose={() => setWindow(undefined)} />}
    </Form>
  );
}
