import type { ProblemData } from '../../../shared/contract/problem.ts';
import { FusiformError } from '../../../shared/errors.ts';

/** Any error as a problem that can be shown; what the program did not foresee is `CRASH`, with the stack for a report. */
export function problemOf(error: unknown): ProblemData {
  if (error instanceof FusiformError) return error.toProblem();
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'CRASH',
    message,
    remedy: 'This is a fault of the program, not of the data: copy the details and report it.',
    details: { stack: stack ?? '' },
  };
}
