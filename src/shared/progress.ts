/** How far a piece of work is. The science knows no clock: rate and ETA are made where it is shown. */
export interface Progress {
  /** Units finished so far. */
  readonly done: number;
  /** Units in all. */
  readonly total: number;
  /** What one unit is, in the plural: `images`, `steps`, `runs`. */
  readonly unit: string;
  /** A short figure worth showing beside the bar, such as the current loss. */
  readonly note?: string;
}

export type ReportProgress = (progress: Progress) => void;

/** What long work gets from whoever started it. */
export interface WorkContext {
  readonly report: ReportProgress;
  /** Aborted when the user cancels; work stops at the next safe place with `signal.throwIfAborted()`. */
  readonly signal: AbortSignal;
}
