/**
 * The window that a mapping is taken over from: one in the form of files, or one of another product, which is translated first. Into the
 * form, to be looked at and saved.
 */
import { useState } from 'react';
import type { MappingImport } from '../../../../../src/http/schemas/mapping-imports.ts';
import type { Definition, MappingMistake } from '../../../../../src/http/schemas/mappings.ts';
import { mappingCheckQuery, translateMappings } from '../../../data/mappings.ts';
import { problemOf } from '../../../data/problem.ts';
import { queryClient } from '../../../data/query-client.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { FileText } from '../../../kit/file-text.tsx';
import { Select } from '../../../kit/select.tsx';
import { t } from '../../../texts/mappings.ts';
import { foreignMappingsIn } from './foreign-mappings.ts';
import { TranslationReport } from './translation-report.tsx';

type Props = Readonly<{
  /** The mapping that it is taken over into. */
  definition: Definition;
  onClose: () => void;
  onTaken: (definition: Definition) => void;
}>;

export function ImportDialog({ definition, onClose, onTaken }: Props) {
  const [json, setJson] = useState('');
  const [place, setPlace] = useState('0');
  const [error, setError] = useState<string>();
  const [mistakes, setMistakes] = useState<readonly MappingMistake[]>([]);
  const [translation, setTranslation] = useState<MappingImport>();
  const { name, source, target } = definition;
  const foreign = foreignMappingsIn(jsonOf(json)) ?? [];
  const chosen = foreign[Number(place)] ?? foreign[0];
  const forget = () => {
    setError(undefined);
    setMistakes([]);
    setTranslation(undefined);
  };
  const takeOver = async (file: object) => {
    const check = await queryClient.fetchQuery(mappingCheckQuery({ ...file, name, source, target }));
    if (check.definition === undefined) {
      setMistakes(check.mistakes);
      return;
    }
    // What is wrong with it otherwise is shown where it belongs.
    onTaken(check.definition);
    onClose();
  };
  const act = async () => {
    setError(undefined);
    setMistakes([]);
    try {
      const translated = translation?.mappings[0];
      if (translated) {
        await takeOver(translated.definition);
        return;
      }
      if (chosen) {
        const objectSets = { [chosen.source]: source, [chosen.target]: target };
        setTranslation(await translateMappings(chosen.document, objectSets));
        return;
      }
      const file: unknown = JSON.parse(json);
      if (typeof file !== 'object' || file === null || Array.isArray(file)) {
        setError(t('mappings.testJsonObject'));
        return;
      }
      await takeOver(file);
    } catch (refused) {
      setError(
        refused instanceof SyntaxError
          ? t('mappings.testJsonWrong', { reason: refused.message })
          : problemOf(refused).message,
      );
    }
  };
  const isNothing = translation?.mappings.length === 0;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="wide"
      title={t('mappings.importTitle', { name })}
      description={t('mappings.importText')}
      footer={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" isDisabled={json.trim() === '' || isNothing} onClick={() => void act()}>
            {t(chosen && translation === undefined ? 'mappings.importTranslate' : 'mappings.importAct')}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <FileText
          label={t('mappings.importFile')}
          choose={t('mappings.importChoose')}
          chooseLabel={t('mappings.importChoose')}
          accept=".json"
          largestBytes={largestBytes}
          value={json}
          onChange={(next) => {
            setJson(next);
            setPlace('0');
            forget();
          }}
          error={error}
        />
        {foreign.length > 1 && (
          <Select
            label={t('mappings.importWhich')}
            value={place}
            options={foreign.map((one, index) => ({
              value: String(index),
              label: one.name,
              hint: `${one.source} → ${one.target}`,
            }))}
            onChange={(next) => {
              setPlace(next ?? '0');
              forget();
            }}
          />
        )}
        {translation && <TranslationReport {...translation} />}
        {mistakes.length > 0 && (
          <Banner kind="bad" title={t('mappings.mistakes', { count: mistakes.length })}>
            <ul className="list-disc ps-5">
              {mistakes.map(({ path, message }) => (
                <li key={path + message}>{message}</li>
              ))}
            </ul>
          </Banner>
        )}
      </div>
    </Dialog>
  );
}

/** A sync.json has all mappings of an installation. */
const largestBytes = 5_000_000;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
