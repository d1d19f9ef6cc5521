/** The way to the results of a reconciliation: within its application, or with its mapping where that belongs to none. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Reconciliation } from '../../../../../src/http/schemas/reconciliations.ts';

type Props = Readonly<{
  run: Pick<Reconciliation, 'reconciliationId' | 'mapping' | 'application'>;
  className?: string;
  children: ReactNode;
}>;

export function ReconciliationLink({
  run: { reconciliationId, mapping, application },
  className = 'link',
  children,
}: Props) {
  const run = String(reconciliationId);
  if (application === null) {
    return (
      <Link
        to="/mappings/$name/reconciliation"
        params={{ name: mapping }}
        search={{ run }}
        className={className}
      >
        {children}
      </Link>
    );
  }
  return (
    <Link
      to="/applications/$applicationId/reconciliation/results"
      params={{ applicationId: String(application.applicationId) }}
      search={{ run, mapping }}
      className={className}
    >
      {children}
    </Link>
  );
}
