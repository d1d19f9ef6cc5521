/**
 * What one reads stands still: on the first page, at its top, new rows appear; on any other page, or further down, the list ends with
 * the newest run of that moment, until somebody asks for what has come since.
 */
import { type UIEvent, useCallback, useEffect, useState } from 'react';

type Pin = Readonly<{
  /** The last run that is listed; undefined while all are. */
  runId: number | undefined;
  /** Notes the newest run that the server knows. */
  take: (newestRunId: number | null | undefined) => void;
  scroll: (event: UIEvent) => void;
  /** Shows everything again, from the top. */
  release: () => void;
}>;

export function usePinnedRun(page: number): Pin {
  const [region, setRegion] = useState<Element>();
  const [isDown, setIsDown] = useState(false);
  const [newest, setNewest] = useState<number>();
  const [pinned, setPinned] = useState<number>();
  const isReading = page > 1 || isDown;
  useEffect(() => {
    if (!isReading) setPinned(undefined);
    else setPinned((before) => before ?? newest);
  }, [isReading, newest]);
  const scroll = useCallback(({ target }: UIEvent) => {
    if (!(target instanceof Element)) return;
    setRegion(target);
    setIsDown(target.scrollTop > 0);
  }, []);
  const release = useCallback(() => {
    region?.scrollTo({ top: 0 });
    setIsDown(false);
    setPinned(undefined);
    setNewest(undefined);
  }, [region]);
  const take = (newestRunId: number | null | undefined) => {
    if (newestRunId !== null && newestRunId !== undefined && newestRunId !== newest) setNewest(newestRunId);
  };
  return { runId: pinned, take, scroll, release };
}
