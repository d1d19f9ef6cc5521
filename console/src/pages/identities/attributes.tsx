/** What identities are made of: the attributes of each type, and those that people have added. */
import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { IdentityTypeDetails } from '../../../../src/http/schemas/identities.ts';
import { identityTypesQuery, saveIdentityType } from '../../data/identities.ts';
import { Button, IconButton } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Page } from '../../kit/page.tsx';
import { ScrollRegion } from '../../kit/scroll-region.tsx';
import { SearchField } from '../../kit/search-field.tsx';
import { choice, text, useSearchState } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { Loaded } from '../../kit/states.tsx';
import { showToast } from '../../kit/toasts.tsx';
import { t } from '../../texts/identities.ts';
import { AddAttribute } from './add-attribute.tsx';
import { customOf } from './custom-attributes.ts';
import type { Attribute } from './form-values.ts';

const permission = '/Syncline/Identities/Update';
const fields = { type: choice(['alpha_user', 'alpha_group'], 'alpha_user'), q: text() };

export function IdentityAttributesPage() {
  const [{ type, q }, change] = useSearchState(fields);
  const [isAdding, setAdding] = useState(false);
  const types = useQuery(identityTypesQuery);
  const shown = types.data?.types.find(({ name }) => name === type);
  return (
    <Page
      title={t('identityTypes.title')}
      description={t('identityTypes.summary')}
      crumbs={[{ label: t('identities.title'), to: '/identities' }]}
      actions={
        <Button look="primary" icon={Plus} permission={permission} onClick={() => setAdding(true)}>
          {t('identityTypes.add')}
        </Button>
      }
    >
      <div className="flex flex-wrap gap-2">
        <CompactSelect
          label={t('identities.types')}
          value={type}
          onChange={(next) => change({ type: next ?? 'alpha_user', q: '' })}
          options={[
            { value: 'alpha_user', label: t('identities.users') },
            { value: 'alpha_group', label: t('identities.groups') },
          ]}
        />
        <SearchField
          label={t('identityTypes.search')}
          value={q}
          onChange={(next) => change({ q: next }, { isReplacing: true })}
        />
      </div>
      <Loaded query={{ ...types, data: shown }} lines={8}>
        {(details) => <AttributeTable type={details} q={q.toLowerCase()} />}
      </Loaded>
      {isAdding && shown && <AddAttribute type={shown} onClose={() => setAdding(false)} />}
    </Page>
  );
}

function AttributeTable({ type, q }: Readonly<{ type: IdentityTypeDetails; q: string }>) {
  const [removing, setRemoving] = useState<Attribute>();
  const found = type.attributes.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(q));
  const remove = async () => {
    const customAttributes = customOf(type).filter(({ name }) => name !== removing?.name);
    await saveIdentityType(type.name, { customAttributes }, type.version);
    showToast({ kind: 'success', title: t('identityTypes.removed', { name: removing?.name ?? '' }) });
  };
  if (found.length === 0) return <p className="text-muted">{t('identityTypes.noMatch')}</p>;
  return (
    <Card isFlush>
      <ScrollRegion label={t('identityTypes.table')}>
        <table className="grid-table" aria-label={t('identityTypes.table')} style={{ minWidth: '48rem' }}>
          <thead>
            <tr>
              <th scope="col">{t('identityTypes.column.label')}</th>
              <th scope="col">{t('identityTypes.column.name')}</th>
              <th scope="col">{t('identityTypes.column.kind')}</th>
              <th scope="col">{t('identityTypes.column.rules')}</th>
              <th scope="col" className="w-32">
                {t('identityTypes.column.origin')}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map((attribute) => (
              <tr key={attribute.name}>
                <td className="whitespace-normal">{attribute.label}</td>
                <td className="break-all font-mono text-2xs">{attribute.name}</td>
                <td>{t(`identityTypes.kind.${attribute.type}`)}</td>
                <td className="whitespace-normal">{rulesOf(attribute)}</td>
                <td>
                  {attribute.isCustom ? (
                    <span className="flex items-center gap-1">
                      {t('identityTypes.custom')}
                      <IconButton
                        label={t('identityTypes.removeOf', { name: attribute.name })}
                        icon={Trash2}
                        permission={permission}
                        onClick={() => setRemoving(attribute)}
                      />
                    </span>
                  ) : (
                    t('identityTypes.builtIn')
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <ConfirmDialog
        isOpen={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={t('identityTypes.removeTitle', { name: removing?.name ?? '' })}
        confirm={t('identityTypes.remove')}
        permission={permission}
        onConfirm={remove}
      >
        {t('identityTypes.removeText')}
      </ConfirmDialog>
    </Card>
  );
}

function rulesOf({ isRequired, isUnique, isMultiValued, choices }: Attribute): string {
  const rules = [
    isRequired && t('identityTypes.required'),
    isUnique && t('identityTypes.unique'),
    isMultiValued && t('identityTypes.many'),
    choices === null ? false : choices.join(', '),
  ];
  return rules.filter((rule) => rule !== false).join(' · ');
}
