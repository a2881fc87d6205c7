import { ORPCError } from '@orpc/client';
import { type ProblemData, problemSchema } from '../../shared/contract/problem.ts';

/** Any failure of a call, or the problem of a job, as a problem that can be shown. */
export function problemOf(error: unknown): ProblemData {
  if (!(error instanceof Error)) {
    const told = problemSchema.safeParse(error);
    if (told.success) return told.data;
  }
  if (error instanceof ORPCError) {
    const known = problemSchema.safeParse(error.data);
    if (known.success) return known.data;
    if (error.code === 'BAD_REQUEST') {
      return {
        code: 'PARAMETERS_INVALID',
        message: 'A value is not within its limits.',
        remedy: 'Correct the value that the details name.',
        details: { issues: (error.data as { issues?: unknown } | undefined)?.issues },
      };
    }
  }
  const told = error instanceof Error ? undefined : problemSchema.safeParse(error);
  if (told?.success) return told.data;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'CRASH',
    message,
    remedy: 'Try again. If it happens again, copy the details and report it.',
    details: { stack },
  };
}

/** What stands on the clipboard after "Copy details". */
export function problemText({ code, message, remedy, file, line, details }: ProblemData): string {
  const place = file === undefined ? [] : [`${file}${line === undefined ? '' : `:${line}`}`];
  const more = details === undefined ? [] : [JSON.stringify(details, null, 2)];
  return [`${code}: ${message}`, ...place, `What to do: ${remedy}`, ...more].join('\n');
}
