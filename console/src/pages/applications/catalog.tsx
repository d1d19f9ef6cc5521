/** Browse App Catalog: choosing a template, reading what it does, and naming the application that is made from it. */
import { useQuery } from '@tanstack/react-query';
import type { ApplicationTemplate } from '../../../../src/http/schemas/applications.ts';
import { templatesQuery } from '../../data/applications.ts';
import { Button } from '../../kit/button.tsx';
import { Page } from '../../kit/page.tsx';
import { choice, text, useSearchState } from '../../kit/search-state.ts';
import { Loaded } from '../../kit/states.tsx';
import { t } from '../../texts/applications.ts';
import { ApplicationDetails } from './application-details.tsx';
import { CatalogStep } from './catalog-step.tsx';
import { PermissionList } from './permission-list.tsx';

const update = '/Syncline/Applications/Update';
const steps = ['template', 'integration', 'details'] as const;
const fields = { template: text(), step: choice(steps, 'template') };

const titles = {
  template: t('catalog.choose'),
  integration: t('catalog.integration'),
  details: t('catalog.details'),
};

export function CatalogPage() {
  const query = useQuery(templatesQuery);
  const [{ template: chosen, step }, change] = useSearchState(fields);
  return (
    <Page
      title={t('catalog.title')}
      part={titles[step]}
      crumbs={[{ label: t('nav.applications'), to: '/applications' }]}
      description={t('catalog.summary')}
    >
      <Loaded query={query} lines={6}>
        {({ items }) => {
          const template = items.find(({ id }) => id === chosen);
          if (template === undefined || step === 'template') {
            return (
              <Templates
                templates={items}
                chosen={template}
                onChoose={(id) => change({ template: id }, { isReplacing: true })}
                onNext={() => change({ step: 'integration' })}
              />
            );
          }
          if (step === 'integration') {
            return (
              <Integration
                template={template}
                onBack={() => change({ step: 'template' })}
                onNext={() => change({ step: 'details' })}
              />
            );
          }
          return <ApplicationDetails template={template} onBack={() => change({ step: 'integration' })} />;
        }}
      </Loaded>
    </Page>
  );
}

function Templates({
  templates,
  chosen,
  onChoose,
  onNext,
}: Readonly<{
  templates: readonly ApplicationTemplate[];
  chosen: ApplicationTemplate | undefined;
  onChoose: (id: string) => void;
  onNext: () => void;
}>) {
  return (
    <CatalogStep
      title={titles.template}
      next={
        <Button
          look="primary"
          permission={update}
          disabledReason={chosen ? undefined : t('catalog.chooseFirst')}
          onClick={onNext}
        >
          {t('catalog.next')}
        </Button>
      }
    >
      <fieldset className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
        <legend className="sr-only">{titles.template}</legend>
        {templates.map(({ id, name, description, capabilities }) => (
          <label
            key={id}
            className="card flex cursor-pointer items-start gap-3 p-4 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="template"
              className="mt-1 size-4 accent-accent"
              checked={id === chosen?.id}
              onChange={() => onChoose(id)}
            />
            <span className="grid gap-2">
              <span className="font-semibold">{name}</span>
              <span className="text-[.8667rem]">{description}</span>
              <ul className="list-disc ps-5 text-[.8667rem] text-muted">
                {capabilities.map((capability) => (
                  <li key={capability}>{capability}</li>
                ))}
              </ul>
            </span>
          </label>
        ))}
      </fieldset>
    </CatalogStep>
  );
}

function Integration({
  template,
  onBack,
  onNext,
}: Readonly<{ template: ApplicationTemplate; onBack: () => void; onNext: () => void }>) {
  const { name, permissions, defaultMapping } = template;
  return (
    <CatalogStep
      title={t('catalog.integrationOf', { name })}
      back={<Button onClick={onBack}>{t('catalog.back')}</Button>}
      next={
        <Button look="primary" onClick={onNext}>
          {t('catalog.next')}
        </Button>
      }
    >
      <div className="grid max-w-3xl gap-5">
        <p>{t('catalog.integrationText')}</p>
        <section className="grid gap-2">
          <h3 className="font-semibold">{t('catalog.needed')}</h3>
          <ol className="list-decimal ps-5 text-[.9rem]">
            <li>{t('catalog.neededRegistration')}</li>
            <li>{t('catalog.neededSecret')}</li>
            <li>{t('catalog.neededPermissions')}</li>
          </ol>
          <PermissionList permissions={permissions} />
        </section>
        <section className="grid gap-2">
          <h3 className="font-semibold">{t('catalog.mapping')}</h3>
          <ul className="grid gap-1 font-mono text-[.8rem]">
            {defaultMapping.rows.map(({ source, target }) => (
              <li key={target}>{t('catalog.mappingRow', { source, target })}</li>
            ))}
          </ul>
          <p className="text-[.8667rem] text-muted">{t('catalog.mappingHint')}</p>
        </section>
      </div>
    </CatalogStep>
  );
}
