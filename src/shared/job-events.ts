import type { Problem } from './errors.ts';
import type { Progress } from './progress.ts';

/** What a host hears of a job while it runs. */
export type JobEvent =
  | {
      readonly type: 'started';
      readonly key: string;
      readonly stage: string;
      readonly label: string;
      /** Where files grow while the job runs that are worth looking at; absent where there are none. */
      readonly liveFolder?: string;
    }
  | { readonly type: 'progress'; readonly key: string; readonly label: string; readonly progress: Progress }
  | {
      readonly type: 'finished';
      readonly key: string;
      readonly stage: string;
      readonly label: string;
      readonly seconds: number;
      /** True when the project already held the result, so that nothing was computed. */
      readonly cached: boolean;
      readonly problems: readonly Problem[];
    };

export type OnJobEvent = (event: JobEvent) => void;
