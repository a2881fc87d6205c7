import type { Problem } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Progress } from '../../shared/progress.ts';
import type { StageResult } from './stage.ts';

/** What the runner sends to its worker. */
export interface JobRequest {
  readonly id: number;
  readonly stage: string;
  readonly parameters: unknown;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outDir: string;
  readonly scratchDir: string;
  /** See `StageContext`. */
  readonly conduct?: JsonObject;
}

/** The last message: the worker closes its engine and ends by itself. */
export interface CloseRequest {
  readonly close: true;
}

/** What the worker answers. */
export type JobReply =
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'done'; readonly id: number; readonly result: StageResult }
  | { readonly type: 'cancelled'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly problem: Problem }
  | { readonly type: 'crashed'; readonly id: number; readonly message: string; readonly stack: string };

/** Shared with the worker, because one that computes reads no messages: set to the id of the job to cancel. */
export interface WorkerData {
  readonly cancelFlag: Int32Array;
}
