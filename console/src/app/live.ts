/**
 * The event stream, which says what has changed on the server. Of all tabs of a browser one holds it and tells the others, because
 * a browser has no more than six connections to a server. While it is down everything is asked again every fifteen seconds, and
 * once when it is back.
 */
import { useSyncExternalStore } from 'react';
import { queryClient } from '../data/query-client.ts';

export type LiveState = Readonly<{ kind: 'live' | 'reconnecting' | 'offline'; since: number }>;

/** For so long a lost connection counts as being made again. */
const graceMs = 4000;
/** The server sends a sign of life every 15 s. */
const silenceMs = 40_000;
const pollMs = 15_000;
const channelName = 'syncline-live';

type News = Readonly<{ topics?: readonly string[]; state?: LiveState; isAsking?: boolean }>;

let state: LiveState = { kind: 'reconnecting', since: Date.now() };
const listeners = new Set<() => void>();

/** Whether the page is live, and since when it is what it is. */
export function useLive(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Begins to listen, and gives what ends it. */
export function startLive(): () => void {
  const ending = new AbortController();
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(channelName);
  let isLeading = false;
  channel?.addEventListener('message', ({ data }: MessageEvent<News>) => {
    if (data.topics) invalidate(data.topics);
    if (data.state && !isLeading) take(data.state);
    if (data.isAsking && isLeading) channel.postMessage({ state });
  });
  const lead = () => {
    isLeading = true;
    return holdStream(ending.signal, {
      topics: (topics) => {
        invalidate(topics);
        channel?.postMessage({ topics });
      },
      state: (next) => {
        take(next);
        channel?.postMessage({ state: next });
      },
    });
  };
  // A page that was not loaded in a secure way has no locks: then each tab holds a stream of its own.
  if (navigator.locks && channel) {
    channel.postMessage({ isAsking: true });
    navigator.locks.request(channelName, { signal: ending.signal }, lead).catch(() => {});
  } else void lead();
  const poll = setInterval(() => state.kind !== 'live' && void queryClient.invalidateQueries(), pollMs);
  return () => {
    ending.abort();
    clearInterval(poll);
    channel?.close();
  };
}

type Audience = Readonly<{ topics: (topics: readonly string[]) => void; state: (state: LiveState) => void }>;

/** Holds the stream, and opens it again whenever it is lost, until it is ended. */
function holdStream(ending: AbortSignal, audience: Audience): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const hear = () => {
      clearTimeout(silence);
      silence = setTimeout(lose, silenceMs);
    };
    const open = () => {
      source = new EventSource('/api/events');
      source.addEventListener('open', () => {
        clearTimeout(grace);
        grace = undefined;
        if (state.kind !== 'live') audience.state({ kind: 'live', since: Date.now() });
        // What happened before was not told: since the stream was lost, since another tab held it, or since the page began to ask.
        audience.topics([]);
        hear();
      });
      source.addEventListener('heartbeat', hear);
      source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
        hear();
        audience.topics(readTopics(data));
      });
      source.addEventListener('error', lose);
    };
    const lose = () => {
      source?.close();
      clearTimeout(silence);
      clearTimeout(again);
      const since = state.kind === 'live' ? Date.now() : state.since;
      if (state.kind === 'live') audience.state({ kind: 'reconnecting', since });
      grace ??= setTimeout(() => audience.state({ kind: 'offline', since }), graceMs);
      // Not all browsers at the same moment.
      again = setTimeout(open, 1000 + Math.random() * 1000);
      // A session that ended shows by its refusal.
      void queryClient.invalidateQueries({ queryKey: ['session'] });
    };
    ending.addEventListener('abort', () => {
      source?.close();
      for (const timer of [again, silence, grace]) clearTimeout(timer);
      resolve();
    });
    open();
  });
}

function readTopics(data: string): readonly string[] {
  const { topics } = JSON.parse(data) as { topics?: readonly string[] };
  return topics ?? [];
}

/** Asks again for what is shown of these topics; of everything, where none is named. */
function invalidate(topics: readonly string[]): void {
  const filters = topics.length === 0 ? [{}] : topics.map((topic) => ({ queryKey: [topic] }));
  for (const filter of filters) {
    const firstFetches = queryClient.getQueryCache().findAll({
      ...filter,
      fetchStatus: 'fetching',
      predicate: ({ state: { data } }) => data === undefined,
    });
    void queryClient.invalidateQueries(filter);
    // What is asked for the first time is not asked again by that, though the answer on its way may be from before.
    for (const query of firstFetches) {
      const { queryKey } = query;
      void query
        .fetch()
        .catch(() => undefined)
        .then(() => queryClient.invalidateQueries({ queryKey, exact: true }));
    }
  }
}

function take(next: LiveState): void {
  state = next;
  for (const listener of listeners) listener();
}
