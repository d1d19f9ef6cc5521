/** Messages on their way to the upper right of the page; they wait until what shows them is loaded. */

export type Message = Readonly<{
  kind?: 'success' | 'failure' | 'info';
  title: string;
  description?: string | undefined;
  action?: Readonly<{ label: string; onSelect: () => void }> | undefined;
}>;

const waiting: Message[] = [];
const listeners = new Set<() => void>();
let show: ((message: Message) => void) | undefined;

/** Hands a message over, now or as soon as somebody shows messages. */
export function sendMessage(message: Message): void {
  if (show) show(message);
  else {
    waiting.push(message);
    for (const listener of listeners) listener();
  }
}

/** Takes over the showing, of what waits as well. */
export function takeMessages(showMessage: (message: Message) => void): void {
  show = showMessage;
  for (const message of waiting.splice(0)) showMessage(message);
}

/** Whether there is, or was, anything to show. */
export function areMessagesThere(): boolean {
  return waiting.length > 0 || show !== undefined;
}

export function onMessage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
