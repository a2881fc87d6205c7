import { useEffect, useRef, useState } from 'react';
import { ProgressMeter, type Pace } from '../../shared/progress-meter.ts';

type Event<Result> =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'result'; readonly result: Result };

export interface Progressing<Result> {
  /** Null while nothing is under way. */
  readonly progress: (Pace & { readonly done: number; readonly total: number }) | null;
  readonly result: Result | null;
  readonly error: unknown;
  /** Begins, in place of what is under way. */
  start(open: (signal: AbortSignal) => Promise<AsyncIterable<Event<Result>>>): void;
  cancel(): void;
}

/** Long work of the host that tells how far it is. It stops when it is cancelled, or when the component goes. */
export function useProgressing<Result>(): Progressing<Result> {
  const [state, setState] = useState<Pick<Progressing<Result>, 'progress' | 'result' | 'error'>>(idle);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const cancel = () => {
    current.current?.abort();
    current.current = null;
    setState(idle);
  };
  const start: Progressing<Result>['start'] = (open) => {
    current.current?.abort();
    const abort = new AbortController();
    current.current = abort;
    const told: typeof setState = (next) => {
      if (!abort.signal.aborted) setState(next);
    };
    const meter = new ProgressMeter();
    const follow = async () => {
      told({ ...idle, progress: { done: 0, total: 0, rate: null, etaSeconds: null } });
      for await (const event of await open(abort.signal)) {
        if (event.type === 'result') return told({ ...idle, result: event.result });
        const { done, total } = event;
        const pace = meter.update({ done, total, unit: 'bytes' }, performance.now() / 1000);
        told({ ...idle, progress: { done, total, ...pace } });
      }
    };
    follow().catch((error: unknown) => told({ ...idle, error }));
  };
  return { ...state, start, cancel };
}

const idle = { progress: null, result: null, error: null };
