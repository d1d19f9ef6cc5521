/** Which of its mappings a page of an application is about: the first, unless the address names another. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { text, useSearchState } from '../../kit/search-state.ts';
import { CompactSelect } from '../../kit/select.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { t } from '../../texts/applications.ts';
import { useApplication } from './application-context.ts';

const fields = { mapping: text() };

export function MappingChoice({ children }: Readonly<{ children: (mappingName: string) => ReactNode }>) {
  const { id, mappings } = useApplication();
  const [{ mapping: wanted }, change] = useSearchState(fields);
  const chosen = mappings.find(({ name }) => name === wanted) ?? mappings[0];
  if (!chosen) {
    return (
      <EmptyState
        title={t('applications.noMapping')}
        description={t('applications.noMappingHint')}
        action={
          <Link
            to="/applications/$applicationId/provisioning/connection"
            params={{ applicationId: String(id) }}
            className="btn btn-primary"
          >
            {t('applications.setUp')}
          </Link>
        }
      />
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {mappings.length > 1 && (
        <CompactSelect
          label={t('applications.mappingChoice')}
          className="w-72"
          value={chosen.name}
          options={mappings.map(({ name }) => ({ value: name, label: name }))}
          onChange={(name) => change({ mapping: name ?? '' })}
        />
      )}
      {/* Another mapping is another page. */}
      <div key={chosen.name} className="min-w-0">
        {children(chosen.name)}
      </div>
    </div>
  );
}
