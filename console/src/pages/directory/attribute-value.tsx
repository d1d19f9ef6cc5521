/** The value of an attribute, whatever it is: a text, a list that unfolds, or a structure as JSON. */
import { t } from '../../texts/directory.ts';

/** As many values as are shown before a list is unfolded. */
const mostShown = 3;

export function AttributeValue({ value }: Readonly<{ value: unknown }>) {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return <Values values={value} />;
  if (typeof value === 'object' && value !== null) {
    return (
      <pre className="max-h-60 overflow-auto whitespace-pre-wrap break-all font-mono text-2xs">
        {JSON.stringify(value, null, 2)}
      </pre>
    );
  }
  return <span className="break-words">{plainValue(value)}</span>;
}

/** A value on one line. */
export function plainValue(value: unknown): string {
  if (value === undefined || value === null) return t('history.noValue');
  if (typeof value === 'boolean') return t(value ? 'form.yes' : 'form.no');
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Values({ values }: Readonly<{ values: readonly unknown[] }>) {
  const rest = values.slice(mostShown);
  return (
    <div className="grid gap-0.5 break-words">
      <List values={values.slice(0, mostShown)} />
      {rest.length > 0 && (
        <details>
          <summary className="link w-fit cursor-pointer">
            {t('attributes.more', { count: rest.length })}
          </summary>
          <List values={rest} />
        </details>
      )}
    </div>
  );
}

function List({ values }: Readonly<{ values: readonly unknown[] }>) {
  return (
    <ul>
      {values.map((value) => (
        <li key={String(value)}>{plainValue(value)}</li>
      ))}
    </ul>
  );
}
