import { useEffect, useEffectEvent } from 'react';
import { connection } from './api.ts';

/**
 * Follows a stream of the host for as long as the component stands. The stream begins with the present state, so that
 * a connection that was lost and found again has caught up with its first event.
 *
 * @param key another one ends this stream and begins the next; null: none.
 */
export function useStream<Event>(
  key: string | null,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  onEvent: (event: Event) => void,
): void {
  const opened = useEffectEvent(open);
  const told = useEffectEvent(onEvent);
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    void follow(
      abort.signal,
      (signal) => opened(signal),
      (event) => told(event),
    );
    return () => abort.abort();
  }, [key]);
}

const againMs = 500;

async function follow<Event>(
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  onEvent: (event: Event) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await connection.opened();
      for await (const event of await open(signal)) onEvent(event);
    } catch {
      // Lost, or closed: what is wrong is shown by whoever asks for data; here it is tried again.
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, againMs));
  }
}
