/** What became of each part of a mapping of another product: what has no equivalent first. */
import type { MappingImport } from '../../../../../src/http/schemas/mapping-imports.ts';
import { Banner } from '../../../kit/banner.tsx';
import { t } from '../../../texts/mappings.ts';

type Line = MappingImport['report'][number];

const kinds = ['left-out', 'translated', 'taken-over', 'without-effect'] as const;

export function TranslationReport({ report, mappings }: MappingImport) {
  const isRestricted = mappings.some(({ missing }) => missing.length > 0);
  return (
    <div className="grid gap-3">
      {mappings.length === 0 && <Banner kind="bad" title={t('mappings.translatedNothing')} />}
      {isRestricted && (
        <Banner kind="warn" title={t('mappings.translatedDisabled')}>
          {t('mappings.translatedDisabledHint')}
        </Banner>
      )}
      {kinds.map((kind) => {
        const lines = report.filter(({ outcome }) => outcome === kind);
        return lines.length === 0 ? null : <Lines key={kind} kind={kind} lines={lines} />;
      })}
    </div>
  );
}

function Lines({ kind, lines }: Readonly<{ kind: Line['outcome']; lines: readonly Line[] }>) {
  return (
    <section aria-label={t(`mappings.translated.${kind}`)}>
      <h3 className="font-medium">
        {t(`mappings.translated.${kind}`)} <span className="text-muted">{lines.length}</span>
      </h3>
      <ul className="list-disc ps-5">
        {lines.map(({ path, message, remedy }) => (
          <li key={path + message}>
            {path !== '' && <code className="me-1.5 text-2xs text-muted">{path}</code>}
            {message} {remedy !== undefined && <span className="text-muted">{remedy}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
