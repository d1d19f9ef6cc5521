/** The editor of an expression: completes functions and properties, and underlines a mistake where it is, with its remedy one click away. */
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type Ref, useId, useRef, useState } from 'react';
import type { MappingMistake } from '../../../../../src/http/schemas/mappings.ts';
import { expressionLanguageQuery } from '../../../data/mappings.ts';
import { Button } from '../../../kit/button.tsx';
import type { InputProps } from '../../../kit/input-props.ts';
import { Labelled } from '../../../kit/labelled.tsx';
import { t } from '../../../texts/mappings.ts';
import {
  type Completion,
  type CompletionPlace,
  complete,
  completionsAt,
  correctionOf,
  lineAndColumn,
  placeAt,
} from './completion.ts';

type Props = InputProps<string> &
  Readonly<{
    /** The properties of the source. */
    attributes: readonly string[];
    mistake?: MappingMistake | undefined;
  }>;

type Open = Readonly<{ place: CompletionPlace; caret: number; items: readonly Completion[]; chosen: number }>;

/** The text and what lies behind it are laid out alike. */
const layout =
  'rounded-lg border px-2.5 py-1.5 font-mono text-[.8rem] leading-5 whitespace-pre-wrap break-words';

export function ExpressionEditor({ attributes, mistake, ...props }: Props) {
  const { value, onChange, isReadOnly = false } = props;
  const { data: language } = useQuery(expressionLanguageQuery);
  const [open, setOpen] = useState<Open>();
  const field = useRef<HTMLTextAreaElement>(null);
  const behind = useRef<HTMLPreElement>(null);
  const listId = useId();
  const offer = (text: string, caret: number, isAsked: boolean) => {
    const place = placeAt(text, caret);
    const isBegun = place !== undefined && (place.kind === 'attribute' || place.typed.length > 0);
    if (place === undefined || !(isAsked || isBegun)) return setOpen(undefined);
    const items = completionsAt(place, attributes, language?.functions ?? []);
    const [only] = items;
    const isComplete = items.length === 1 && only?.name === place.typed;
    setOpen(items.length === 0 || (isComplete && !isAsked) ? undefined : { place, caret, items, chosen: 0 });
  };
  const put = (text: string, caret: number) => {
    onChange(text);
    setOpen(undefined);
    // The caret can only go where the text already is.
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(caret, caret);
    });
  };
  const take = (item: Completion | undefined) => {
    if (!open || !item) return;
    const completed = complete(value, open.caret, open.place, item);
    put(completed.text, completed.caret);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      offer(value, event.currentTarget.selectionStart, true);
      return;
    }
    if (!open) return;
    const count = open.items.length;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => setOpen({ ...open, chosen: (open.chosen + 1) % count }),
      ArrowUp: () => setOpen({ ...open, chosen: (open.chosen + count - 1) % count }),
      Enter: () => take(open.items[open.chosen]),
      Tab: () => take(open.items[open.chosen]),
      Escape: () => setOpen(undefined),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    // Esc closes the list, and not the window around it.
    event.stopPropagation();
    act();
  };
  const sentence = mistake && sentenceOf(value, mistake);
  return (
    <div className="grid gap-1.5">
      <Labelled
        label={props.label}
        hint={props.hint}
        error={sentence ?? props.error}
        isOptional={props.isOptional}
      >
        {({ id, describedBy }) => (
          <div className="relative">
            <pre
              aria-hidden
              ref={behind}
              className={`${layout} pointer-events-none absolute inset-0 overflow-hidden border-transparent text-transparent`}
            >
              <Marked text={value} mistake={mistake} />
            </pre>
            <textarea
              id={id}
              name={props.name}
              ref={(element) => {
                field.current = element;
                setRef(props.ref, element);
              }}
              className={`${layout} relative block w-full border-edge bg-transparent text-text read-only:text-muted aria-invalid:border-bad`}
              rows={Math.min(14, Math.max(3, value.split('\n').length + 1))}
              value={value}
              readOnly={isReadOnly}
              disabled={props.isDisabled}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="none"
              aria-invalid={sentence !== undefined || props.error !== undefined}
              aria-describedby={describedBy}
              aria-autocomplete="list"
              aria-controls={open ? listId : undefined}
              aria-activedescendant={open ? `${listId}${open.chosen}` : undefined}
              onChange={(event) => {
                onChange(event.target.value);
                offer(event.target.value, event.target.selectionStart, false);
              }}
              onKeyDown={onKeyDown}
              onBlur={() => {
                setOpen(undefined);
                props.onBlur?.();
              }}
              onScroll={(event) => {
                if (behind.current) behind.current.scrollTop = event.currentTarget.scrollTop;
              }}
            />
            {open && <CompletionList id={listId} open={open} onTake={take} />}
          </div>
        )}
      </Labelled>
      {mistake?.suggestion !== undefined && mistake.position !== undefined && !isReadOnly && (
        <div>
          <Button
            onClick={() => {
              const { position = 0, length = 0, suggestion = '' } = mistake;
              const end = position + length;
              const correction = correctionOf(value.slice(position, end), suggestion);
              put(value.slice(0, position) + correction + value.slice(end), position + correction.length);
            }}
          >
            {t('mappings.suggest', { suggestion: mistake.suggestion })}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A mistake with its line and column, where the server says where it is. */
function sentenceOf(text: string, { message, position }: MappingMistake): string {
  return position === undefined ? message : t('mappings.at', { ...lineAndColumn(text, position), message });
}

function setRef(ref: Ref<HTMLElement> | undefined, element: HTMLElement | null): void {
  if (typeof ref === 'function') ref(element);
  else if (ref) ref.current = element;
}

function Marked({ text, mistake }: Readonly<{ text: string; mistake: MappingMistake | undefined }>) {
  if (mistake?.position === undefined) return text;
  const { position } = mistake;
  const end = position + Math.max(1, mistake.length ?? 1);
  // At the end there is no character to underline.
  const marked = text.slice(position, end) || '\u00a0';
  return (
    <>
      {text.slice(0, position)}
      <mark className="bg-transparent text-transparent underline decoration-bad decoration-wavy decoration-2 underline-offset-3">
        {marked}
      </mark>
      {text.slice(end)}
    </>
  );
}

function CompletionList({
  id,
  open,
  onTake,
}: Readonly<{ id: string; open: Open; onTake: (item: Completion) => void }>) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t('mappings.completions')}
      className="popup absolute inset-x-0 top-full z-10 mt-1 max-h-56 overflow-y-auto"
    >
      {open.items.map((item, index) => (
        // The keyboard stays in the text, which moves along the list.
        // biome-ignore lint/a11y/useFocusableInteractive: see above.
        <div
          key={`${item.kind} ${item.name}`}
          id={`${id}${index}`}
          role="option"
          aria-selected={index === open.chosen}
          className="popup-item aria-selected:bg-accent-soft"
          ref={(element) => {
            if (index === open.chosen) element?.scrollIntoView({ block: 'nearest' });
          }}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(item);
          }}
        >
          <span className="font-mono text-[.8rem]">{item.name}</span>
          <span className="ms-auto truncate text-2xs text-muted">
            {item.kind === 'attribute' ? t('mappings.completion.attribute') : item.detail}
          </span>
        </div>
      ))}
    </div>
  );
}
