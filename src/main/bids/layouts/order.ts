import type { BidsRun } from './layout.ts';

/** By session, task and run; numbers in labels count as numbers. */
export function byRun(a: BidsRun, b: BidsRun): number {
  return (
    compareLabels(a.session, b.session) ||
    compareLabels(a.task, b.task) ||
    compareLabels(a.run, b.run) ||
    compareLabels(a.name, b.name)
  );
}

const collator = new Intl.Collator('en', { numeric: true });

export function compareLabels(a: string | null, b: string | null): number {
  return collator.compare(a ?? '', b ?? '');
}
