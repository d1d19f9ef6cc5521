/** The window that adds an API client: its id, what it may do, and when it ends. */
import { useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import type { ApiClientWithSecret } from '../../../../src/http/schemas/api-clients.ts';
import { addApiClient, permissionsQuery } from '../../data/api-clients.ts';
import { Checkbox } from '../../kit/checkbox.tsx';
import { Field, Form, useAppForm } from '../../kit/form.tsx';
import { FormDialog } from '../../kit/form-dialog.tsx';
import { Select } from '../../kit/select.tsx';
import { Loaded } from '../../kit/states.tsx';
import { TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/api-clients.ts';

const accesses = ['operator', 'auditor', 'administrator', 'own'] as const;

const schema = z
  .object({
    identifier: z
      .string()
      .check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, t('apiClients.identifierWrong'))),
    displayName: z.string(),
    access: z.enum(accesses),
    permissions: z.array(z.string()),
    expires: z.string(),
  })
  .check(
    z.refine(({ access, permissions }) => access !== 'own' || permissions.length > 0, {
      path: ['permissions'],
      error: t('apiClients.ownMissing'),
    }),
    z.refine(({ expires }) => expires === '' || endOf(expires) > new Date(), {
      path: ['expires'],
      error: t('apiClients.expiresPast'),
    }),
  );
type Values = z.infer<typeof schema>;

export function NewClientDialog({
  onClose,
  onSecret,
}: Readonly<{ onClose: () => void; onSecret: (client: ApiClientWithSecret) => void }>) {
  const form = useAppForm<Values>({
    schema,
    loaded: {
      values: { identifier: '', displayName: '', access: 'operator', permissions: [], expires: '' },
    },
    labels: {
      identifier: t('apiClients.identifier'),
      displayName: t('apiClients.displayName'),
      access: t('apiClients.access'),
      permissions: t('apiClients.permissions'),
      expires: t('apiClients.expires'),
    },
    isUnguarded: true,
    save: async ({ identifier, displayName, access, permissions, expires }) => {
      const added = await addApiClient({
        identifier,
        ...(displayName.trim() !== '' && { displayName: displayName.trim() }),
        ...(access === 'own' ? { permissions } : { role: access }),
        ...(expires !== '' && { expiresAt: endOf(expires).toISOString() }),
      });
      onClose();
      onSecret(added);
    },
  });
  const access = form.methods.watch('access');
  return (
    <FormDialog form={form} onClose={onClose} title={t('apiClients.add')} action={t('action.add')}>
      <Form form={form}>
        <Field of={form} name="identifier">
          {(field) => (
            <TextField {...field} hint={t('apiClients.identifierHint')} isVerbatim isFocusedFirst />
          )}
        </Field>
        <Field of={form} name="displayName">
          {(field) => <TextField {...field} isOptional />}
        </Field>
        <Field of={form} name="access">
          {(field) => (
            <Select
              {...field}
              onChange={(value) => value !== null && field.onChange(value)}
              options={accesses.map((value) => ({
                value,
                label: value === 'own' ? t('apiClients.own') : t(`role.${value}`),
              }))}
            />
          )}
        </Field>
        {access === 'own' && (
          <Field of={form} name="permissions">
            {(field) => <Permissions {...field} />}
          </Field>
        )}
        <Field of={form} name="expires">
          {(field) => <TextField {...field} type="date" hint={t('apiClients.expiresHint')} isOptional />}
        </Field>
      </Form>
    </FormDialog>
  );
}

function Permissions({
  label,
  value,
  onChange,
  error,
}: Readonly<{
  label: string;
  value: readonly string[];
  onChange: (value: string[]) => void;
  error?: string | undefined;
}>) {
  const query = useQuery(permissionsQuery);
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-[.8667rem] font-medium">{label}</legend>
      <p className="text-[.8rem] text-muted">{t('apiClients.ownHint')}</p>
      {error !== undefined && <p className="text-[.8rem] text-bad">{error}</p>}
      <Loaded query={query}>
        {({ permissions }) =>
          permissions.map(({ path, meaning }) => (
            <Checkbox
              key={path}
              label={path}
              hint={meaning}
              value={value.includes(path)}
              onChange={(isWanted) =>
                onChange(isWanted ? [...value, path] : value.filter((other) => other !== path))
              }
            />
          ))
        }
      </Loaded>
    </fieldset>
  );
}

/** The end of a day in the person's zone. */
function endOf(day: string): Date {
  return new Date(`${day}T23:59:59`);
}
