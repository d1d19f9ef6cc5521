/** Text of a fixed width, with a button that copies it. */
import { CopyButton } from './copy-button.tsx';
import { ScrollRegion } from './scroll-region.tsx';

export function CodeBlock({
  code,
  label,
  isWrapped = false,
}: Readonly<{ code: string; label: string; isWrapped?: boolean }>) {
  return (
    <div className="relative rounded-lg border border-line bg-sunken">
      <ScrollRegion label={label}>
        <pre
          className={`p-3 pe-12 font-mono text-[.8rem] ${isWrapped ? 'whitespace-pre-wrap break-words' : ''}`}
        >
          {code}
        </pre>
      </ScrollRegion>
      <div className="absolute end-1 top-1">
        <CopyButton text={code} />
      </div>
    </div>
  );
}
