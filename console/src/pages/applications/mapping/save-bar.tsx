/** Save and Discard of a mapping, and before them what is wrong with it, each a way to its place. */
import type { MappingCheck, MappingMistake } from '../../../../../src/http/schemas/mappings.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { t } from '../../../texts/mappings.ts';

type Props = Readonly<{
  isDirty: boolean;
  isSaving: boolean;
  formId: string;
  check: MappingCheck | undefined;
  onDiscard: () => void;
  onShow: (mistake: MappingMistake) => void;
}>;

export function SaveBar({ isDirty, isSaving, formId, check, onDiscard, onShow }: Props) {
  const mistakes = check?.mistakes ?? [];
  const warnings = check?.warnings ?? [];
  return (
    <div className="card z-2 grid gap-3 p-4 shadow-lg md:sticky md:bottom-2">
      <div role="status" className="grid max-h-60 gap-2 overflow-y-auto empty:hidden">
        {mistakes.length > 0 && (
          <Banner kind="bad" isAnnounced={false} title={t('mappings.mistakes', { count: mistakes.length })}>
            <Places of={mistakes} onShow={onShow} />
          </Banner>
        )}
        {isDirty && mistakes.length === 0 && warnings.length > 0 && (
          <Banner kind="warn" title={t('mappings.warnings', { count: warnings.length })}>
            <Places of={warnings} onShow={onShow} />
          </Banner>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          type="submit"
          form={formId}
          look="primary"
          permission="/Syncline/Mappings/Update"
          isDisabled={!isDirty || isSaving}
          disabledReason={isDirty && mistakes.length > 0 ? t('mappings.cannotSave') : undefined}
        >
          {isSaving ? t('action.saving') : t('action.save')}
        </Button>
        <Button isDisabled={!isDirty || isSaving} onClick={onDiscard}>
          {t('action.discard')}
        </Button>
        <span className="text-[.8667rem] text-muted">
          {isDirty ? t('form.changed') : t('form.unchanged')}
        </span>
      </div>
    </div>
  );
}

function Places({
  of,
  onShow,
}: Readonly<{ of: readonly MappingMistake[]; onShow: (mistake: MappingMistake) => void }>) {
  return (
    <ul className="grid list-disc gap-0.5 ps-4">
      {of.map((mistake) => (
        <li key={mistake.path + mistake.message}>
          <button type="button" className="link text-start" onClick={() => onShow(mistake)}>
            {mistake.message}
          </button>
        </li>
      ))}
    </ul>
  );
}
