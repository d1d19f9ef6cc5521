/** The levels from which on the lines of a log are shown; the empty one shows all. */
export const levels = ['', 'information', 'warning', 'error'] as const;
