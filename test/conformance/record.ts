import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** One comparison with a reference. */
export interface Comparison {
  /** `linear operations`: the title of the suite. */
  readonly suite: string;
  readonly engine: string;
  readonly test: string;
  /** `dFilter`: which of the numbers of the test. */
  readonly what: string;
  /** Largest difference, relative to the size that the comparison states. */
  readonly error: number;
  readonly tolerance: number;
}

/** Folder for the comparisons, set by `table.ts`; without it nothing is kept. */
export const recordFolderVariable = 'FUSIFORM_CONFORMANCE_RECORD';

let place: Pick<Comparison, 'suite' | 'engine' | 'test'> = { suite: '', engine: '', test: '' };

/** What the comparisons that follow belong to. Tests of a file run one after the other. */
export function beginTest(suite: string, engine: string, test: string): void {
  place = { suite, engine, test };
}

export function recordComparison(what: string, error: number, tolerance: number): void {
  const folder = process.env[recordFolderVariable];
  if (folder === undefined) return;
  const comparison: Comparison = { ...place, what, error, tolerance };
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(comparison)}\n`);
}
