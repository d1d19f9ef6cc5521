/**
 * Forms: what was loaded, what was changed, and what is wrong with it, before and after it was sent. Saving is possible only while
 * something is changed; leaving with changes asks; somebody else's change in between is shown field by field.
 */
import { zodResolver } from '@hookform/resolvers/zod';
import { useBlocker } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import {
  type Control,
  Controller,
  type DefaultValues,
  type FieldErrors,
  type FieldPath,
  type FieldPathValue,
  type FieldValues,
  type Resolver,
  type UseFormReturn,
  useForm,
} from 'react-hook-form';
import type { $ZodType } from 'zod/v4/core';
import { type Problem, problemOf } from '../data/problem.ts';
import { t } from '../texts/texts.ts';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import type { InputProps } from './input-props.ts';
import { lazyPart } from './lazy-part.tsx';

/** What the server told, with the version that a change is based on; a new thing has none. */
export type Loaded<Values> = Readonly<{ values: Values; version?: number | undefined }>;

export type FormSettings<Values extends FieldValues> = Readonly<{
  /** By zod/mini, with sentences of our own. */
  schema: $ZodType<Values, Values>;
  loaded: Loaded<Values>;
  /** Sends it. A refusal that names a field is shown there, any other above the form. */
  save: (values: Values, version: number | undefined) => Promise<unknown>;
  /** The labels of the fields: for the summary of mistakes, and for conflicts. */
  labels: Readonly<Record<string, string>>;
  /** Reads again what there is now, where others may change it, too. */
  reload?: () => Promise<Loaded<Values>>;
  /** The words of a value, where it is not one for people. */
  show?: (field: string, value: unknown) => string | undefined;
  /** Without it leaving the page with changes asks. */
  isUnguarded?: boolean;
}>;

export type AppForm<Values extends FieldValues> = Readonly<{
  id: string;
  methods: UseFormReturn<Values>;
  settings: FormSettings<Values>;
  isDirty: boolean;
  errors: FieldErrors<Values>;
  isSaving: boolean;
  problem: Problem | undefined;
  /** Somebody else's change that came in between. */
  conflict: Readonly<{ theirs: Loaded<Values>; problem: Problem }> | undefined;
  submit: (event?: FormEvent) => Promise<void>;
  discard: () => void;
  resolveConflict: (values: Values) => void;
  dismissConflict: () => void;
}>;

export function useAppForm<Values extends FieldValues>(settings: FormSettings<Values>): AppForm<Values> {
  const { schema, loaded, save, reload } = settings;
  const id = useId();
  const methods = useForm<Values>({
    // The resolver's types cannot follow a schema whose type is a parameter.
    resolver: zodResolver(schema as never) as unknown as Resolver<Values>,
    defaultValues: loaded.values as DefaultValues<Values>,
    mode: 'onTouched',
    // A sentence that appears when the pointer goes down on a button would move the button away from under it.
    delayError: 300,
  });
  // Errors are read here, too, because only what is read is told of.
  const { isDirty, isSubmitting, errors } = methods.formState;
  const base = useRef(loaded);
  const [problem, setProblem] = useState<Problem>();
  const [conflict, setConflict] = useState<AppForm<Values>['conflict']>();

  // What the server tells anew replaces what nobody has touched; what somebody is changing stays theirs until they save.
  const told = JSON.stringify(loaded);
  const lastTold = useRef(told);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for what was loaded.
  useEffect(() => {
    if (isDirty || told === lastTold.current) return;
    lastTold.current = told;
    base.current = loaded;
    methods.reset(loaded.values);
  }, [told, isDirty]);
  const refuse = async (error: unknown) => {
    const refused = problemOf(error);
    if (refused.status === 412 && reload) {
      setConflict({ theirs: await reload(), problem: refused });
      return;
    }
    const field = fieldOf(refused, methods.getValues());
    if (field === undefined) setProblem(refused);
    else methods.setError(field as FieldPath<Values>, { message: refused.message }, { shouldFocus: true });
  };
  const submit = methods.handleSubmit(async (values) => {
    setProblem(undefined);
    try {
      await save(values, base.current.version);
      base.current = { ...base.current, values };
      methods.reset(values);
    } catch (error) {
      await refuse(error).catch((another: unknown) => setProblem(problemOf(another)));
    }
  });
  return {
    id,
    methods,
    settings,
    isDirty,
    errors,
    isSaving: isSubmitting,
    problem,
    conflict,
    submit: async (event) => {
      event?.stopPropagation();
      await submit(event as never);
    },
    discard: () => {
      setProblem(undefined);
      methods.reset(base.current.values);
    },
    resolveConflict: (values) => {
      if (!conflict) return;
      base.current = conflict.theirs;
      methods.reset(conflict.theirs.values);
      for (const [field, value] of Object.entries(values)) {
        methods.setValue(field as FieldPath<Values>, value, { shouldDirty: true });
      }
      setConflict(undefined);
    },
    dismissConflict: () => setConflict(undefined),
  };
}

/** The field of the form that a refusal of the server names: `body.tenant` is `tenant`. */
function fieldOf({ body }: Problem, values: FieldValues): string | undefined {
  const name = body.field?.replace(/^body\./, '');
  const [first = ''] = name?.split('.') ?? [];
  return first in values ? name : undefined;
}

/** The form around its fields: the summary of mistakes above them, the question before leaving, the window of conflicts. */
export function Form<Values extends FieldValues>({
  form,
  children,
  className = 'grid gap-4',
}: Readonly<{ form: AppForm<Values>; children: ReactNode; className?: string }>) {
  const wrong = Object.keys(form.errors);
  return (
    <form id={form.id} noValidate className={className} onSubmit={form.submit}>
      {form.problem && (
        <Banner kind="bad" title={t('form.failed')}>
          {form.problem.message}
        </Banner>
      )}
      {wrong.length > 1 && (
        <Banner kind="bad" title={t('form.errors', { count: wrong.length })}>
          <ul className="list-disc ps-5">
            {wrong.map((field) => (
              <li key={field}>
                <button
                  type="button"
                  className="link"
                  onClick={() => form.methods.setFocus(field as FieldPath<Values>)}
                >
                  {form.settings.labels[field] ?? field}
                </button>
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {children}
      {!form.settings.isUnguarded && <LeaveGuard isDirty={form.isDirty && !form.isSaving} />}
      {form.conflict && <ConflictWindow form={form} />}
    </form>
  );
}

const ConflictDialog = lazyPart(
  () => import('./conflict-dialog.tsx').then(({ ConflictDialog: component }) => component),
  true,
);

/** The window knows nothing of the form's values but that they have names. */
function ConflictWindow<Values extends FieldValues>({ form }: Readonly<{ form: AppForm<Values> }>) {
  const anyForm = form as unknown as AppForm<FieldValues>;
  return anyForm.conflict ? <ConflictDialog form={anyForm} conflict={anyForm.conflict} /> : null;
}

/** Ties an input of the kit to a field: `<Field of={form} name="tenant">{(field) => <TextField {...field} />}</Field>`. */
export function Field<Values extends FieldValues, Name extends FieldPath<Values>>({
  of,
  name,
  children,
}: Readonly<{
  of: AppForm<Values>;
  name: Name;
  children: (field: InputProps<FieldPathValue<Values, Name>>) => ReactNode;
}>) {
  return (
    <Controller
      control={of.methods.control as Control<Values>}
      name={name}
      render={({ field, fieldState }) => (
        <>
          {children({
            label: of.settings.labels[name] ?? name,
            name,
            value: field.value,
            onChange: field.onChange,
            onBlur: field.onBlur,
            ref: field.ref,
            error: fieldState.error?.message,
          })}
        </>
      )}
    />
  );
}

/** Save and Discard, and beside them whether there is anything to save. */
export function FormActions<Values extends FieldValues>({
  form,
  permission,
  label = t('action.save'),
  children,
}: Readonly<{
  form: AppForm<Values>;
  permission?: string;
  label?: string;
  /** Before Save, such as Test Connection. */
  children?: ReactNode;
}>) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      {children}
      <Button
        type="submit"
        form={form.id}
        look="primary"
        permission={permission}
        isDisabled={!form.isDirty || form.isSaving}
      >
        {form.isSaving ? t('action.saving') : label}
      </Button>
      <Button isDisabled={!form.isDirty || form.isSaving} onClick={form.discard}>
        {t('action.discard')}
      </Button>
      <span className="text-[.8667rem] text-muted" role="status">
        {form.isDirty ? t('form.changed') : t('form.unchanged')}
      </span>
    </div>
  );
}

/** Asks once before changes are lost: on other pages, other tabs of a page, and when the browser's tab is closed. */
export function LeaveGuard({ isDirty }: Readonly<{ isDirty: boolean }>) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  const isAsked = blocker.status === 'blocked';
  return (
    <Dialog
      isOpen={isAsked}
      onClose={() => blocker.reset?.()}
      title={t('form.leaveTitle')}
      description={t('form.leaveText')}
      footer={
        <>
          <Button onClick={() => blocker.reset?.()}>{t('form.stay')}</Button>
          <Button look="danger" onClick={() => blocker.proceed?.()}>
            {t('form.leave')}
          </Button>
        </>
      }
    />
  );
}

function tabOf(search: unknown): unknown {
  return typeof search === 'object' && search !== null && 'tab' in search ? search.tab : undefined;
}
