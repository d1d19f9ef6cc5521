/** A part of a page that is loaded when it is first shown: a tab, a window, an editor. */
import { type ComponentType, lazy, Suspense } from 'react';
import { Skeleton } from './states.tsx';

/**
 * Wraps a component of another file, which `load` imports and takes from its module. While it is on its way there is a skeleton;
 * nothing, for windows.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  isWindow = false,
): ComponentType<Props> {
  const Part = lazy(async () => ({ default: await load() }));
  return function LazyPart(props: Props) {
    return (
      <Suspense fallback={isWindow ? null : <Skeleton />}>
        <Part {...props} />
      </Suspense>
    );
  };
}
