/**
 * The C library's allocator, kept from holding on to what it was given back. glibc keeps a heap for each thread, and after a while
 * takes buffers of pages from these heaps, where they leave holes: 30 MB more after a million objects than after a hundred
 * thousand. It reads its settings from the environment when a process begins, and at no other time (mallopt(3), Environment
 * variables), so that the process begins once more, in its own place.
 */

const settings = {
  /** One heap for all threads: Node's other threads allocate little. */
  MALLOC_ARENA_MAX: '1',
  /** Buffers of this size and above come from the system, and go back there when they are done with. Being set, it stays. */
  MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
};

/** To be called first. Returns where the allocator is set, or is another one; otherwise the process begins again from here. */
export function settleAllocator(): void {
  if (process.platform !== 'linux' || process.execve === undefined) return;
  const { env } = process;
  if (Object.keys(settings).some((name) => env[name] !== undefined)) {
    // Processes that this one starts, the database before all, have other habits.
    for (const name of Object.keys(settings)) delete env[name];
    return;
  }
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...env,
    ...settings,
  });
}
