// Waiting until a person or the system asks the process to end.

/** Resolves with the signal's name at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
export function waitForStop(): Promise<string> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isAsked) process.exit(130);
        isAsked = true;
        resolve(signal);
      });
    }
  });
}

/** Aborted when the process is asked to end; `tell` is called then. */
export function abortOnStop(tell: () => void): AbortSignal {
  const stopping = new AbortController();
  waitForStop().then(() => {
    tell();
    stopping.abort();
  });
  return stopping.signal;
}

/** What a run says then. */
export const stoppingLine = 'Stopping when what is being read is stored; Ctrl-C again stops at once.';
