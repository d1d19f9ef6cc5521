/** Your password, and how you like the console. */
import * as z from 'zod/mini';
import { changeOwnPassword } from '../../data/account.ts';
import { changePreferences, type Preferences, usePreferences } from '../../data/preferences.ts';
import { useSession } from '../../data/session.ts';
import { Card } from '../../kit/card.tsx';
import { Field, Form, FormActions, useAppForm } from '../../kit/form.tsx';
import { KeyValueList } from '../../kit/key-value-list.tsx';
import { Page } from '../../kit/page.tsx';
import { RadioGroup } from '../../kit/radio-group.tsx';
import { Rich } from '../../kit/rich.tsx';
import { Switch } from '../../kit/switch.tsx';
import { SecretField } from '../../kit/text-field.tsx';
import { showFailure, showToast } from '../../kit/toasts.tsx';
import { Time } from '../../kit/values.tsx';
import { t } from '../../texts/account.ts';

export function AccountPage() {
  const { user, expiresAt, idleSeconds } = useSession();
  return (
    <Page title={t('account.title')}>
      <Card title={t('account.you')}>
        <KeyValueList
          items={[
            [t('account.name'), user.name],
            [t('account.signInName'), user.signInName],
            [t('account.role'), t(`role.${user.role}`)],
            [
              t('account.session'),
              <Rich
                key="session"
                text={t('account.sessionEnd', { minutes: Math.round(idleSeconds / 60) })}
                parts={{ time: () => <Time value={expiresAt} /> }}
              />,
            ],
          ]}
        />
      </Card>
      <Card title={t('account.password')}>
        {user.isLocal ? <PasswordForm /> : <p>{t('account.passwordProvided')}</p>}
      </Card>
      <Card title={t('account.appearance')}>
        <Appearance />
      </Card>
    </Page>
  );
}

const schema = z
  .object({
    current: z.string().check(z.minLength(1, t('account.currentMissing'))),
    next: z.string().check(z.minLength(12, t('account.nextShort'))),
    repeat: z.string(),
  })
  .check(z.refine(({ next, repeat }) => next === repeat, { path: ['repeat'], error: t('account.differ') }));

const empty = { current: '', next: '', repeat: '' };

function PasswordForm() {
  const form = useAppForm<z.infer<typeof schema>>({
    schema,
    loaded: { values: empty },
    labels: { current: t('account.current'), next: t('account.next'), repeat: t('account.repeat') },
    save: async ({ current, next }) => {
      await changeOwnPassword(current, next);
      showToast({ title: t('account.changed'), description: t('account.changedHint') });
      // After what was sent counts as saved.
      setTimeout(() => form.methods.reset(empty));
    },
  });
  return (
    <Form form={form} className="grid max-w-md gap-4">
      <Field of={form} name="current">
        {(field) => <SecretField {...field} autoComplete="current-password" />}
      </Field>
      <Field of={form} name="next">
        {(field) => <SecretField {...field} autoComplete="new-password" hint={t('account.nextHint')} />}
      </Field>
      <Field of={form} name="repeat">
        {(field) => <SecretField {...field} autoComplete="new-password" />}
      </Field>
      <FormActions form={form} label={t('account.change')} />
    </Form>
  );
}

const themes = (['system', 'light', 'dark'] as const).map((value) => ({
  value,
  label: t(`account.theme.${value}`),
}));
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const times = (['local', 'utc', 'relative'] as const).map((value) => ({
  value,
  label: t(`account.time.${value}`, { zone }),
}));
const densities = (['comfortable', 'compact'] as const).map((value) => ({
  value,
  label: t(`account.density.${value}`),
}));

/** Counts at once, and is kept on the server. */
function Appearance() {
  const { theme, timeDisplay, density, hasSingleKeys } = usePreferences();
  const change = (preference: Partial<Preferences>) =>
    void changePreferences(preference).catch((error: unknown) => showFailure(t('account.notKept'), error));
  return (
    <div className="grid gap-6 md:grid-cols-2">
      <RadioGroup
        label={t('account.theme')}
        value={theme}
        onChange={(next) => change({ theme: next })}
        options={themes}
      />
      <RadioGroup
        label={t('account.time')}
        value={timeDisplay}
        onChange={(next) => change({ timeDisplay: next })}
        options={times}
      />
      <RadioGroup
        label={t('account.density')}
        value={density}
        onChange={(next) => change({ density: next })}
        options={densities}
      />
      <Switch
        label={t('account.singleKeys')}
        hint={t('account.singleKeysHint')}
        value={hasSingleKeys}
        onChange={(next) => change({ hasSingleKeys: next })}
      />
    </div>
  );
}
