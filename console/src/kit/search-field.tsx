/** A search box that tells what is typed after a moment, so that not every letter asks the server. */
import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../texts/texts.ts';

const pauseMs = 250;

export function SearchField({
  label = t('action.search'),
  value,
  onChange,
  className = 'w-64',
}: Readonly<{ label?: string; value: string; onChange: (value: string) => void; className?: string }>) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // Changed from elsewhere: the address, or a button that clears it.
    if (value !== told.current) {
      told.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (text: string) => {
    clearTimeout(timer.current);
    told.current = text;
    onChange(text);
  };
  return (
    <div className={`relative max-w-full ${className}`}>
      <Search
        aria-hidden
        size={15}
        className="pointer-events-none absolute start-2.5 top-1/2 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={label}
        className="field px-8"
        value={typed}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => tell(text.trim()), pauseMs);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') tell(typed.trim());
          if (event.key === 'Escape' && typed !== '') {
            setTyped('');
            tell('');
          }
        }}
      />
      {typed !== '' && (
        <button
          type="button"
          className="absolute inset-y-0 end-0 grid w-8 cursor-pointer place-items-center text-muted"
          aria-label={t('action.clearSearch')}
          onClick={() => {
            setTyped('');
            tell('');
          }}
        >
          <X aria-hidden size={14} />
        </button>
      )}
    </div>
  );
}
