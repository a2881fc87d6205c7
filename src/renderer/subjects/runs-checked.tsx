import { useQuery } from '@tanstack/react-query';
import type { RunFiles, StudyIssueFacts } from '../../shared/contract/subjects.ts';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import type { StudyPlace } from './study-place.ts';

interface RunsCheckedProps {
  readonly place: StudyPlace;
  readonly subject: string;
  readonly task: string;
  readonly runs: readonly RunFiles[];
}

/** Issues beside one row that are written out; the others are counted. */
const writtenOut = 3;

/** Every run with the files that belong to it, and what is missing or contradictory beside it. */
export function RunsChecked({ place, subject, task, runs }: RunsCheckedProps) {
  const check = useQuery({
    ...queries.subjects.check.queryOptions({ input: { ...place, subjects: [subject], task } }),
    staleTime: 0,
  });
  if (check.error) return <ProblemView error={check.error} onAgain={() => void check.refetch()} />;
  const issues = check.data?.issues ?? [];
  const refused = new Set(
    issues.flatMap(({ severity, run }) => (severity === 'error' && run !== null ? [run] : [])),
  );
  const isOfRow = ({ run }: StudyIssueFacts) => run !== null && runs.some(({ name }) => name === run);
  const common = commonNotes(issues.filter(isOfRow));
  const general = [...issues.filter((issue) => !isOfRow(issue)), ...common.issues];
  const usable = runs.filter(({ name }) => !refused.has(name)).length;
  return (
    <>
      <p role="status">
        {check.data === undefined
          ? 'Reading headers and tables ...'
          : `${usable} of ${runs.length} runs can be used${usable < runs.length ? '; the others are left out' : ''}.`}
      </p>
      <IssueList issues={general} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Runs">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Image</th>
              <th scope="col">Events</th>
              <th scope="col">Confounds</th>
              <th scope="col" className="number">
                TR
              </th>
              <th scope="col">What is wrong</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.name}>
                <th scope="row" title={run.boldPath}>
                  {run.name}
                </th>
                <td>{run.danglingLink === null ? run.version : 'not there'}</td>
                <td title={run.eventsPath ?? undefined}>{run.eventsPath === null ? 'none' : 'yes'}</td>
                <td title={run.confoundsPath ?? undefined}>{run.confoundsPath === null ? 'none' : 'yes'}</td>
                <td className="number">
                  {typeof run.repetitionTime === 'number' ? `${run.repetitionTime} s` : 'header'}
                </td>
                <td>
                  <IssueList
                    issues={issues.filter((issue) => issue.run === run.name && !common.of.has(textOf(issue)))}
                    row={run}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

/** A note that so many runs have is said once above them. */
const many = 4;

const textOf = ({ code, message }: StudyIssueFacts) => `${code} ${message}`;

/** Notes that many runs have in the same words. */
function commonNotes(issues: readonly StudyIssueFacts[]) {
  const notes = Map.groupBy(
    issues.filter(({ severity }) => severity === 'note'),
    textOf,
  );
  const found = [...notes].filter(([, same]) => same.length >= many);
  return {
    of: new Set(found.map(([text]) => text)),
    issues: found.flatMap(([, same]) =>
      same.slice(0, 1).map(
        ({ file: _, line: _line, ...issue }): StudyIssueFacts => ({
          ...issue,
          message: `${same.length} runs: ${issue.message}`,
        }),
      ),
    ),
  };
}

const marks: Readonly<Record<StudyIssueFacts['severity'], string>> = {
  error: '✕ error',
  warning: '▲ warning',
  note: '• note',
};

interface IssueListProps {
  readonly issues: readonly StudyIssueFacts[];
  /** The run whose row they stand in: its image needs no naming. */
  readonly row?: RunFiles;
}

function IssueList({ issues, row }: IssueListProps) {
  if (issues.length === 0) return null;
  const item = (issue: StudyIssueFacts) => (
    <li key={`${issue.code} ${issue.file} ${issue.line} ${issue.message}`} data-severity={issue.severity}>
      <strong>{marks[issue.severity]}</strong> {issue.message} <span className="quiet">{issue.remedy}</span>
      {issue.file !== undefined && issue.file !== row?.boldPath && (
        <span className="path">
          {issue.file}
          {issue.line !== undefined && `, line ${issue.line}`}
        </span>
      )}
    </li>
  );
  const rest = issues.slice(writtenOut);
  return (
    <>
      <ul className="issues">{issues.slice(0, writtenOut).map(item)}</ul>
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <ul className="issues">{rest.map(item)}</ul>
        </details>
      )}
    </>
  );
}
