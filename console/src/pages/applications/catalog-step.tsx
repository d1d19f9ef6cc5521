/** One step of making an application: what is to be read or chosen, and the ways back and on. */
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { t } from '../../texts/applications.ts';

export function CatalogStep({
  title,
  back,
  next,
  children,
}: Readonly<{ title: string; back?: ReactNode; next: ReactNode; children: ReactNode }>) {
  const navigate = useNavigate();
  return (
    <Card title={title}>
      <div className="grid gap-5">
        {children}
        <div className="flex flex-wrap gap-2 border-t border-line pt-4">
          <Button onClick={() => void navigate({ to: '/applications' })}>{t('action.cancel')}</Button>
          <span className="flex-auto" />
          {back}
          {next}
        </div>
      </div>
    </Card>
  );
}
