/** The window that a mapping in the form of files is taken over from: into the form, to be looked at and saved. */
import { useState } from 'react';
import type { Definition, MappingMistake } from '../../../../../src/http/schemas/mappings.ts';
import { mappingCheckQuery } from '../../../data/mappings.ts';
import { problemOf } from '../../../data/problem.ts';
import { queryClient } from '../../../data/query-client.ts';
import { Banner } from '../../../kit/banner.tsx';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { FileText } from '../../../kit/file-text.tsx';
import { t } from '../../../texts/mappings.ts';

type Props = Readonly<{
  /** The mapping that it is taken over into. */
  definition: Definition;
  onClose: () => void;
  onTaken: (definition: Definition) => void;
}>;

export function ImportDialog({ definition, onClose, onTaken }: Props) {
  const [json, setJson] = useState('');
  const [error, setError] = useState<string>();
  const [mistakes, setMistakes] = useState<readonly MappingMistake[]>([]);
  const { name, source, target } = definition;
  const take = async () => {
    setError(undefined);
    setMistakes([]);
    try {
      const file: unknown = JSON.parse(json);
      if (typeof file !== 'object' || file === null || Array.isArray(file)) {
        setError(t('mappings.testJsonObject'));
        return;
      }
      const check = await queryClient.fetchQuery(mappingCheckQuery({ ...file, name, source, target }));
      if (check.definition === undefined) {
        setMistakes(check.mistakes);
        return;
      }
      // What is wrong with it otherwise is shown where it belongs.
      onTaken(check.definition);
      onClose();
    } catch (refused) {
      setError(
        refused instanceof SyntaxError
          ? t('mappings.testJsonWrong', { reason: refused.message })
          : problemOf(refused).message,
      );
    }
  };
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
          <Button look="primary" isDisabled={json.trim() === ''} onClick={() => void take()}>
            {t('mappings.importAct')}
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
          value={json}
          onChange={setJson}
          error={error}
        />
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
