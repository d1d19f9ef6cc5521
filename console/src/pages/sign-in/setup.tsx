/** First run: making the first administrator with the link that the server printed. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import * as z from 'zod/mini';
import { type Problem, problemOf } from '../../data/problem.ts';
import { signInOptionsQuery } from '../../data/session.ts';
import { setUp } from '../../data/sign-in.ts';
import { Banner } from '../../kit/banner.tsx';
import { Button } from '../../kit/button.tsx';
import { Field, Form, useAppForm } from '../../kit/form.tsx';
import { Rich } from '../../kit/rich.tsx';
import { Loaded } from '../../kit/states.tsx';
import { SecretField, TextField } from '../../kit/text-field.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/sign-in.ts';
import { Entrance } from './entrance.tsx';

const schema = z
  .object({
    name: z.string().check(z.trim(), z.minLength(1, t('setup.nameMissing'))),
    signInName: z.string().check(z.trim(), z.minLength(1, t('setup.signInNameMissing'))),
    password: z.string().check(z.minLength(12, t('setup.passwordShort'))),
    repeat: z.string(),
  })
  .check(
    z.refine(({ password, repeat }) => password === repeat, {
      path: ['repeat'],
      error: t('setup.passwordsDiffer'),
    }),
  );

const steps = ['administrator', 'profile', 'tenant', 'scan'] as const;

export function SetupPage() {
  const query = useQuery(signInOptionsQuery());
  // Behind the #, which no server sees; it stays in the address so that a reload finds it again.
  const token = location.hash.slice(1);
  return (
    <Entrance title={t('setup.title')} environmentLabel={query.data?.environmentLabel}>
      <Loaded query={query} lines={5}>
        {({ isSetUp }) => {
          if (isSetUp) return <AlreadySetUp />;
          return token === '' ? (
            <Banner kind="warn" title={t('setup.noToken')}>
              {t('setup.noTokenHint')}
            </Banner>
          ) : (
            <AdministratorForm token={token} />
          );
        }}
      </Loaded>
    </Entrance>
  );
}

function AlreadySetUp() {
  const link = (words: string) => (
    <Link to="/sign-in" className="link">
      {words}
    </Link>
  );
  return (
    <Banner kind="info" title={t('setup.done')}>
      <Rich text={t('setup.doneHint')} parts={{ signIn: link }} />
    </Banner>
  );
}

function AdministratorForm({ token }: Readonly<{ token: string }>) {
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<Problem>();
  const form = useAppForm({
    schema,
    loaded: { values: { name: '', signInName: '', password: '', repeat: '' } },
    labels: {
      name: t('setup.name'),
      signInName: t('setup.signInName'),
      password: t('setup.password'),
      repeat: t('setup.repeat'),
    },
    isUnguarded: true,
    save: async ({ name, signInName, password }) => {
      setRefusal(undefined);
      try {
        await setUp({ token, name, signInName, password });
      } catch (error) {
        const problem = problemOf(error);
        if (problem.body.field !== undefined) throw problem;
        setRefusal(problem);
        return;
      }
      showToast({ title: t('setup.welcome', { name }), description: t('setup.welcomeHint') });
      await navigate({ to: '/integrations', replace: true });
    },
  });
  return (
    <>
      <p className="text-muted">{t('setup.summary')}</p>
      {refusal && (
        <Banner kind="bad" title={t('setup.failed')}>
          {refusal.message}
        </Banner>
      )}
      <Form form={form}>
        <Field of={form} name="name">
          {(field) => <TextField {...field} autoComplete="name" hint={t('setup.nameHint')} isFocusedFirst />}
        </Field>
        <Field of={form} name="signInName">
          {(field) => (
            <TextField {...field} autoComplete="username" isVerbatim hint={t('setup.signInNameHint')} />
          )}
        </Field>
        <Field of={form} name="password">
          {(field) => <SecretField {...field} autoComplete="new-password" hint={t('setup.passwordHint')} />}
        </Field>
        <Field of={form} name="repeat">
          {(field) => <SecretField {...field} autoComplete="new-password" />}
        </Field>
        <Button type="submit" look="primary" isDisabled={form.isSaving}>
          {form.isSaving ? t('setup.submitting') : t('setup.submit')}
        </Button>
      </Form>
      <section aria-label={t('setup.next')}>
        <ol className="grid list-decimal gap-1 ps-5 text-[.8667rem] text-muted">
          {steps.map((step, index) => (
            <li
              key={step}
              {...(index === 0 && { 'aria-current': 'step', className: 'font-medium text-text' })}
            >
              {t(`setup.step.${step}`)}
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}
