/** Whether somebody is there: what the console asks by itself must not keep a session from ending. */

/** After so long without a touch, requests are the page's own. */
const presentMs = 60_000;
let lastTouch = Date.now();

for (const kind of ['pointerdown', 'keydown', 'wheel']) {
  addEventListener(kind, () => (lastTouch = Date.now()), { passive: true, capture: true });
}

/** Whether the page was touched within the last minute. */
export function isSomebodyThere(): boolean {
  return Date.now() - lastTouch < presentMs;
}
