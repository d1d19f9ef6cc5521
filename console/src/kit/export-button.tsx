/** Export to CSV: a link that downloads all rows that match, not only those on the page. */
import { Download } from 'lucide-react';
import { addressOf, type Query } from '../data/api.ts';
import { t } from '../texts/texts.ts';

export function ExportButton({
  path,
  query,
  count,
}: Readonly<{ path: string; query?: Query; count?: number | undefined }>) {
  return (
    <a className="btn" href={addressOf(path, query)} download>
      <Download aria-hidden size={15} />
      {count === undefined ? t('action.exportCsv') : t('action.exportCsvCount', { count })}
    </a>
  );
}
