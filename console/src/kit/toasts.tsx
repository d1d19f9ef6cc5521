/** Short messages at the upper right. What shows them is loaded with the first one. */
import { useSyncExternalStore } from 'react';
import { problemOf } from '../data/problem.ts';
import { lazyPart } from './lazy-part.tsx';
import { areMessagesThere, type Message, onMessage, sendMessage } from './messages.ts';

/**
 * Shows a message: success for five seconds, failure until it is dismissed. Also leave a trace that stays (a result in place, a run,
 * the audit): people miss what goes by itself.
 */
export function showToast(message: Message): void {
  sendMessage(message);
}

/** Shows what went wrong. */
export function showFailure(title: string, error: unknown): void {
  sendMessage({ kind: 'failure', title, description: problemOf(error).message });
}

const ToastList = lazyPart(
  () => import('./toast-list.tsx').then(({ ToastList: component }) => component),
  true,
);

/** Where the messages appear; once in the app. */
export function Toasts() {
  const isNeeded = useSyncExternalStore(onMessage, areMessagesThere);
  return isNeeded ? <ToastList /> : null;
}
