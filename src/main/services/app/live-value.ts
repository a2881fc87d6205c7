/**
 * A value that others watch. A watcher gets the value as it is, then the newest one after each change, at most every
 * so often: what changed in between it never sees, so that a slow one costs no memory.
 */
export class LiveValue<T> {
  #value: T;
  #version = 0;
  readonly #waiting = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#version++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** How many are waiting for the next change. */
  get watchers(): number {
    return this.#waiting.size;
  }

  async *watch(signal: AbortSignal, intervalMs = 100): AsyncGenerator<T, void, void> {
    while (!signal.aborted) {
      const seen = this.#version;
      yield this.#value;
      await pause(intervalMs, signal);
      if (this.#version === seen) await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      if (signal.aborted) return resolve();
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
  });
}
