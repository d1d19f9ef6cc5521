/** Tags of an object: each leads to all that have it. */
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import type { TagLabel } from '../../../../src/http/schemas/directory.ts';
import { t } from '../../texts/directory.ts';

type Props = Readonly<{
  tags: readonly TagLabel[];
  /** Takes one away; without it there is no button for that. */
  onTakeAway?: ((tag: TagLabel) => void) | undefined;
}>;

export function TagChips({ tags, onTakeAway }: Props) {
  if (tags.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <li
          key={tag.tagId}
          className="inline-flex items-center gap-0.5 rounded-full border border-line bg-sunken px-2 text-2xs"
        >
          <Link to="/directory" search={{ tag: String(tag.tagId) }} className="link leading-6">
            {tag.name}
          </Link>
          {onTakeAway && (
            <button
              type="button"
              className="-me-1.5 grid size-6 cursor-pointer place-items-center text-muted hover:text-text"
              aria-label={t('tags.takeAway', { tag: tag.name })}
              onClick={() => onTakeAway(tag)}
            >
              <X aria-hidden size={12} />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
