import type { ErrorCode } from '../../../shared/error-codes.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { type Severity, type StudyIssue, severities } from './issue.ts';

/** Issues of one code. */
export interface IssueCount {
  readonly severity: Severity;
  readonly code: ErrorCode;
  readonly count: number;
  /** Runs that they concern. */
  readonly runs: number;
  readonly subjects: readonly string[];
  /** The first one. */
  readonly example: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly remedy: string;
}

/** @param issues the most severe first, and so are the counts; of the same severity, the most frequent. */
export function countIssues(issues: readonly StudyIssue[]): IssueCount[] {
  const counts = [...Map.groupBy(issues, ({ code }) => code)].map(([code, same]): IssueCount => {
    const [first] = same;
    return {
      severity: first.severity,
      code,
      count: same.length,
      runs: new Set(same.map(({ run }) => run).filter((run) => run !== null)).size,
      subjects: [...new Set(same.map(({ subject }) => subject))].filter((subject) => subject !== null),
      example: first.message,
      file: first.file ?? null,
      line: first.line ?? null,
      remedy: first.remedy,
    };
  });
  const rank = ({ severity }: IssueCount): number => severities.indexOf(severity);
  return counts.sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}

export function totalsOf(issues: readonly StudyIssue[]): Record<Severity, number> {
  const of = (wanted: Severity): number => issues.filter(({ severity }) => severity === wanted).length;
  return { error: of('error'), warning: of('warning'), note: of('note') };
}

export function writeIssues(path: string, issues: readonly StudyIssue[]): Promise<void> {
  return writeTsvFile(
    path,
    ['severity', 'code', 'subject', 'run', 'file', 'line', 'message', 'remedy'],
    issues.map(({ severity, code, subject, run, file, line, message, remedy }) => [
      severity,
      code,
      subject,
      run,
      file,
      line,
      message,
      remedy,
    ]),
  );
}
