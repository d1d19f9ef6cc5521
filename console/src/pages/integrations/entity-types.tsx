/** The tab Entity Types of a tenant: what is exported of it, chosen from its own schema. */
import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import * as z from 'zod/mini';
import type { EntityTypesAnswer, TenantSchemaAnswer } from '../../../../src/http/schemas/entity-types.ts';
import {
  entityTypesPlanQuery,
  entityTypesQuery,
  refreshSchema,
  saveEntityTypes,
  tenantSchemaQuery,
} from '../../data/entity-types.ts';
import { queryClient } from '../../data/query-client.ts';
import { useMay } from '../../data/session.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Form, useAppForm } from '../../kit/form.tsx';
import { formatRelative } from '../../kit/formats.ts';
import { useSettled } from '../../kit/settled.ts';
import { Loaded } from '../../kit/states.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/entity-types.ts';
import { EntityTypeEditor } from './entity-type-editor.tsx';
import { EntityTypeList } from './entity-type-list.tsx';
import { describeType, listOf, type MappedType, type TypeValues, valuesOf } from './entity-type-values.ts';

const permission = '/Connectors/Connector/Update';

export function EntityTypes({ name }: Readonly<{ name: string }>) {
  const types = useQuery(entityTypesQuery(name));
  const schema = useQuery(tenantSchemaQuery(name));
  return (
    <Loaded query={types} lines={8}>
      {(mapped) => (
        <Loaded query={schema} lines={8}>
          {(offered) => (
            <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
              {mapped.origin !== 'console' && (
                <Banner kind="info" title={t(`entityTypes.fixed.${mapped.origin}`)}>
                  {t(`entityTypes.fixedHint.${mapped.origin}`)}
                </Banner>
              )}
              <SchemaState name={name} schema={offered} />
              <Editor mapped={mapped} schema={offered} />
            </div>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function SchemaState({ name, schema }: Readonly<{ name: string; schema: TenantSchemaAnswer }>) {
  const [isBusy, setBusy] = useState(false);
  const { readAt, readBy, extensionsProblem, types } = schema;
  const gone = types.flatMap((type) =>
    type.attributes.flatMap((attribute) => (attribute.isMissing ? `${type.name}.${attribute.name}` : [])),
  );
  const refresh = async () => {
    setBusy(true);
    try {
      await refreshSchema(name);
      showToast({ title: t('entityTypes.refreshed') });
    } catch (error) {
      showFailure(t('entityTypes.refreshFailed'), error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted">
          {readAt === null
            ? t('entityTypes.schemaUnread')
            : t('entityTypes.schemaRead', { when: formatRelative(new Date(readAt)), who: readBy })}
        </p>
        <Button icon={RefreshCw} permission={permission} isDisabled={isBusy} onClick={refresh}>
          {t('entityTypes.refresh')}
        </Button>
      </div>
      {extensionsProblem !== null && <Banner kind="warn" title={extensionsProblem} />}
      {gone.length > 0 && (
        <Banner kind="warn" title={t('entityTypes.gone', { count: gone.length, names: gone.join(', ') })}>
          {t('entityTypes.goneHint')}
        </Banner>
      )}
    </>
  );
}

const valuesSchema = z.record(
  z.string(),
  z.nullable(z.object({ attributes: z.array(z.string()), links: z.array(z.string()), filter: z.string() })),
);

function Editor({ mapped, schema }: Readonly<{ mapped: EntityTypesAnswer; schema: TenantSchemaAnswer }>) {
  const { name, origin, version } = mapped;
  const offered = schema.types;
  const mayUpdate = useMay(permission);
  const isReadOnly = origin !== 'console' || !mayUpdate;
  const order = mapped.entityTypes.map((type) => type.name);
  const [selected, setSelected] = useState(order[0] ?? offered[0]?.name ?? '');
  const loadedOf = (answer: EntityTypesAnswer) => ({
    values: valuesOf(answer, offered),
    version: answer.version ?? undefined,
  });
  const form = useAppForm<TypeValues>({
    // What is typed is checked by the server while it is typed.
    schema: valuesSchema,
    loaded: loadedOf(mapped),
    labels: Object.fromEntries(offered.map((type) => [type.name, type.name])),
    save: async (values, seen) => {
      await saveEntityTypes(name, listOf(values, order), seen);
      showToast({ title: t('entityTypes.saved') });
    },
    reload: async () => loadedOf(await queryClient.fetchQuery({ ...entityTypesQuery(name), staleTime: 0 })),
    show: (_, value) => describeType(value),
  });
  for (const type of offered) form.methods.register(type.name);
  const values = form.methods.watch();
  const set = (type: string, value: MappedType | null) => {
    form.methods.setValue(type, value, { shouldDirty: true });
  };
  const wanted = listOf(values, order);
  const settled = useSettled(wanted, 300);
  const plan = useQuery({
    ...entityTypesPlanQuery(name, settled),
    enabled: form.isDirty && !isReadOnly && version !== null,
  });
  const mistakes = form.isDirty ? (plan.data?.mistakes ?? []) : [];
  const type = offered.find((one) => one.name === selected);
  return (
    <Form form={form} className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[16rem_minmax(0,1fr)]">
        <EntityTypeList
          offered={offered}
          mapped={mapped}
          values={values}
          mistakes={mistakes}
          selected={selected}
          onSelect={setSelected}
        />
        {type && (
          <EntityTypeEditor
            key={type.name}
            name={name}
            type={type}
            value={values[type.name] ?? null}
            onChange={(value) => set(type.name, value)}
            mistakes={mistakes.filter(({ entityType }) => entityType === type.name)}
            isReadOnly={isReadOnly}
          />
        )}
      </div>
      {!isReadOnly && (
        <SaveBar
          isDirty={form.isDirty}
          isSaving={form.isSaving}
          formId={form.id}
          onDiscard={form.discard}
          plan={form.isDirty ? plan.data : undefined}
        />
      )}
    </Form>
  );
}

type SaveBarProps = Readonly<{
  isDirty: boolean;
  isSaving: boolean;
  formId: string;
  onDiscard: () => void;
  plan:
    | Readonly<{
        mistakes: readonly Readonly<{ message: string }>[];
        rereads: readonly Readonly<{ name: string; resourceCount: number | null }>[];
        left: readonly Readonly<{ name: string; resourceCount: number }>[];
      }>
    | undefined;
}>;

/** Save and Discard, and before them what saving leads to. */
function SaveBar({ isDirty, isSaving, formId, onDiscard, plan }: SaveBarProps) {
  const mistakes = plan?.mistakes ?? [];
  const words = ({ name, resourceCount }: Readonly<{ name: string; resourceCount: number | null }>) =>
    resourceCount === null
      ? t('entityTypes.rereadNew', { name })
      : t('entityTypes.reread', { name, count: resourceCount });
  return (
    <div className="card z-2 grid gap-3 p-4 shadow-lg md:sticky md:bottom-2">
      <div role="status" className="grid gap-2 empty:hidden">
        {mistakes.length > 0 && (
          <Banner kind="bad" title={t('entityTypes.mistakes', { count: mistakes.length })}>
            <ul className="grid list-disc gap-0.5 ps-4">
              {mistakes.map(({ message }) => (
                <li key={message}>{message}</li>
              ))}
            </ul>
          </Banner>
        )}
        {plan && mistakes.length === 0 && (
          <p>
            {plan.rereads.length === 0
              ? t('entityTypes.noReread')
              : t('entityTypes.rereads', { names: plan.rereads.map(words).join(', ') })}{' '}
            {plan.left.length > 0 && t('entityTypes.left', { names: plan.left.map(words).join(', ') })}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          form={formId}
          look="primary"
          permission={permission}
          isDisabled={!isDirty || isSaving}
          disabledReason={mistakes.length > 0 ? t('entityTypes.cannotSave') : undefined}
        >
          {isSaving ? t('action.saving') : t('action.save')}
        </Button>
        <Button isDisabled={!isDirty || isSaving} onClick={onDiscard}>
          {t('action.discard')}
        </Button>
        <span className="text-[.8667rem] text-muted">
          {isDirty ? t('form.changed') : t('form.unchanged')}
        </span>
      </div>
    </div>
  );
}
