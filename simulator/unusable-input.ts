// Input that people gave and that cannot be used: options, ports, scenario files, bodies for the control endpoint.

/** The message is one sentence that names the place, the value and the remedy. */
export class UnusableInput extends Error {}

/** Why a port cannot be listened on, and the option that chooses another one. */
export function unusablePort(option: '--port' | '--proxy', port: number, cause: NodeJS.ErrnoException) {
  const reason =
    cause.code === 'EADDRINUSE'
      ? 'is taken by another program'
      : cause.code === 'EACCES'
        ? 'needs more rights than this user has'
        : `cannot be opened (${cause.message})`;
  return new UnusableInput(
    `Port ${port} ${reason}: choose another one with ${option}, or 0 for any free port.`,
    { cause },
  );
}
