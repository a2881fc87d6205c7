import { LiveValue } from '../live-value.ts';
import type { OnBytes } from '../project-care.ts';
import { until } from './until.ts';

type Event<Result> =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'result'; readonly result: Result };

/** Work that tells how far it is, as events: the newest of them, then the result. Whoever stops listening stops the work. */
export async function* progressing<Result>(
  signal: AbortSignal | undefined,
  work: (report: OnBytes, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Event<Result>, void, void> {
  const left = new AbortController();
  const ended = new AbortController();
  const progress = new LiveValue({ done: 0, total: 0 });
  const result = work((done, total) => progress.set({ done, total }), until(signal, left.signal)).finally(
    () => ended.abort(),
  );
  result.catch(() => undefined);
  try {
    for await (const { done, total } of progress.watch(until(signal, ended.signal))) {
      yield { type: 'progress', done, total };
    }
    yield { type: 'result', result: await result };
  } finally {
    left.abort();
  }
}
