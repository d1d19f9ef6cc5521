/** Signing in: with a provider, or with a local account; then back to where one wanted to go. */
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import * as z from 'zod/mini';
import type { SignInOptions } from '../../../../src/http/schemas/sign-in.ts';
import { type Problem, problemOf } from '../../data/problem.ts';
import { signInOptionsQuery } from '../../data/session.ts';
import { providerPath, signIn } from '../../data/sign-in.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Field, Form, useAppForm } from '../../kit/form.tsx';
import { flag, text, useSearchState } from '../../kit/search-state.ts';
import { Loaded } from '../../kit/states.tsx';
import { SecretField, TextField } from '../../kit/text-field.tsx';
import { t } from '../../texts/sign-in.ts';
import { Entrance } from './entrance.tsx';

const fields = { returnTo: longText(), ended: flag(), refused: longText() };

const schema = z.object({
  signInName: z.string().check(z.trim(), z.minLength(1, t('signIn.nameMissing'))),
  password: z.string().check(z.minLength(1, t('signIn.passwordMissing'))),
});

export function SignInPage() {
  const [{ refused }] = useSearchState(fields);
  const query = useQuery(signInOptionsQuery(refused === '' ? undefined : refused));
  return (
    <Entrance title={t('signIn.title')} environmentLabel={query.data?.environmentLabel}>
      <Loaded query={query} lines={4}>
        {(options) => <Ways options={options} />}
      </Loaded>
    </Entrance>
  );
}

function Ways({ options }: Readonly<{ options: SignInOptions }>) {
  const { isSetUp, providers, problem } = options;
  const [{ returnTo, ended }] = useSearchState(fields);
  const target = ownPath(returnTo);
  return (
    <>
      {problem !== null && (
        <Banner kind="bad" title={t('signIn.refused')}>
          {problem}
        </Banner>
      )}
      {ended && problem === null && (
        <Banner kind="info" title={t('signIn.ended')}>
          {t('signIn.endedHint')}
        </Banner>
      )}
      {!isSetUp && (
        <Banner kind="warn" title={t('signIn.noAdministrator')}>
          {t('signIn.noAdministratorHint')}
        </Banner>
      )}
      {providers.length > 0 && (
        <>
          <ul className="grid gap-2">
            {providers.map(({ providerId, name }) => (
              <li key={providerId} className="grid">
                <a className="btn btn-primary" href={providerPath(providerId, target)}>
                  {t('signIn.with', { provider: name })}
                </a>
              </li>
            ))}
          </ul>
          <p className="flex items-center gap-3 text-[.8667rem] text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            {t('signIn.or')}
          </p>
        </>
      )}
      <LocalForm target={target} isPrimary={providers.length === 0} />
      <p className="text-[.8667rem] text-muted">{t('signIn.forgotten')}</p>
    </>
  );
}

function LocalForm({ target, isPrimary }: Readonly<{ target: string; isPrimary: boolean }>) {
  const { history } = useRouter();
  const [refusal, setRefusal] = useState<Problem>();
  const form = useAppForm({
    schema,
    loaded: { values: { signInName: '', password: '' } },
    labels: { signInName: t('signIn.name'), password: t('signIn.password') },
    isUnguarded: true,
    save: async (values) => {
      setRefusal(undefined);
      try {
        await signIn(values);
        history.replace(target);
      } catch (error) {
        setRefusal(problemOf(error));
      }
    },
  });
  return (
    <Form form={form}>
      {refusal && (
        <Banner kind="bad" title={t('signIn.refused')}>
          {refusal.message}
        </Banner>
      )}
      <Field of={form} name="signInName">
        {(field) => <TextField {...field} autoComplete="username" isVerbatim isFocusedFirst={isPrimary} />}
      </Field>
      <Field of={form} name="password">
        {(field) => <SecretField {...field} autoComplete="current-password" />}
      </Field>
      <Button type="submit" look={isPrimary ? 'primary' : 'plain'} isDisabled={form.isSaving}>
        {form.isSaving ? t('signIn.submitting') : t('signIn.submit')}
      </Button>
    </Form>
  );
}

/** A text that may be longer than others in an address. */
function longText() {
  return { ...text(), read: (given: string) => (given.length <= 4000 ? given : undefined) };
}

/** A page of this server; the first one for whatever else stands in the address. */
function ownPath(path: string): string {
  return /^\/(?![/\\])/.test(path) && URL.parse(path, location.origin)?.origin === location.origin
    ? path
    : '/';
}
