import type { ProblemData } from '../../shared/contract/problem.ts';

interface ProblemListProps {
  readonly problems: readonly ProblemData[];
  /** How many are shown at once; the rest is counted. */
  readonly most?: number;
}

/** What did not stop the work and is worth knowing, each with its place and its remedy. */
export function ProblemList({ problems, most = 12 }: ProblemListProps) {
  if (problems.length === 0) return null;
  return (
    <details className="problem-list" open={problems.length <= 4}>
      <summary>
        {problems.length} {problems.length === 1 ? 'remark' : 'remarks'}
      </summary>
      <ul>
        {problems.slice(0, most).map((problem) => (
          <li key={`${problem.code} ${problem.file} ${problem.line} ${problem.message}`}>
            <span>{problem.message}</span> <span className="quiet">{problem.remedy}</span>
            {problem.file !== undefined && (
              <span className="path">
                {problem.file}
                {problem.line !== undefined && `, line ${problem.line}`}
              </span>
            )}
          </li>
        ))}
      </ul>
      {problems.length > most && (
        <p className="quiet">and {problems.length - most} more; see the job's log</p>
      )}
    </details>
  );
}
