import { resolve } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import type { BidsDataset, BidsRun, BidsSubject, Layout } from '../../bids/dataset.ts';
import { bareLabel, sameLabel } from '../../bids/entities.ts';
import type { RoleTable } from '../../bids/roles/role-table.ts';
import { findSubject } from '../../bids/select.ts';
import { subjectRoles } from '../role-tables.ts';
import { indexStudy, type StudyRequest } from '../study-request.ts';
import type { Workspace } from '../workspace.ts';
import { type CheckedRun, checkRun } from './check-run.ts';
import { compareRuns } from './check-subject.ts';
import { countIssues, type IssueCount, totalsOf, writeIssues } from './count.ts';
import { asIssue, type Severity, type StudyIssue, severities } from './issue.ts';
import { knownStimuli } from './stimuli.ts';

export type { IssueCount } from './count.ts';
export type { Severity, StudyIssue } from './issue.ts';

export interface CheckRequest extends StudyRequest {
  /** Default: every subject. */
  readonly subjects?: readonly string[];
  /** Default: every task. */
  readonly task?: string;
  /** Folder of the pictures that were shown; default: `stimuli` of the dataset. */
  readonly stimuli?: string;
  /** A face set of the project that the pictures must be in, in place of a folder. */
  readonly faces?: string;
  /** Reads every volume of every image. */
  readonly deep: boolean;
  /** Where to write all issues as a table. */
  readonly tsv?: string;
}

export interface StudyCheck {
  readonly root: string;
  readonly layout: Layout;
  readonly subjects: readonly SubjectCheck[];
  /** The most severe first. */
  readonly counts: readonly IssueCount[];
  readonly totals: Readonly<Record<Severity, number>>;
  /** The most severe first. */
  readonly issues: readonly StudyIssue[];
}

export interface SubjectCheck {
  readonly label: string;
  /** Runs by task. */
  readonly tasks: Readonly<Record<string, number>>;
  readonly runs: number;
  /** Runs without an error. */
  readonly usable: number;
  readonly masks: number;
  readonly surfaces: number;
}

/**
 * Lists everything that is missing or contradictory in a study, with file and line, before anything is computed from it.
 * A file that cannot be read is one issue, and the rest is looked at all the same.
 *
 * @param workspace whose role tables hold, and whose face sets may be named; null for none.
 * @throws FusiformError what `indexDataset` throws, BIDS_NO_SUBJECT, NAME_UNKNOWN for a face set, JOB_CANCELLED
 */
export async function checkStudy(
  workspace: Workspace | null,
  request: CheckRequest,
  context: WorkContext,
): Promise<StudyCheck> {
  const dataset = await indexStudy(request);
  const wanted = (request.subjects ?? dataset.subjects.map(({ label }) => label)).map((label) => {
    const subject = findSubject(dataset, label);
    return { subject, runs: subject.runs.filter((run) => isOfTask(run, request.task)) };
  });
  const stimuli = await knownStimuli(workspace, dataset, request);
  const study: Study = {
    workspace,
    dataset,
    stimuli: stimuli.names,
    deep: request.deep,
    context: counting(
      context,
      wanted.reduce((sum, { runs }) => sum + runs.length, 0),
    ),
  };
  const issues = [...dataset.problems, ...stimuli.problems].map((problem) => asIssue(problem));
  const subjects: SubjectCheck[] = [];
  for (const { subject, runs } of wanted) {
    const found = await checkSubject(subject, runs, study);
    issues.push(...found);
    const refused = new Set(found.filter(({ severity }) => severity === 'error').map(({ run }) => run));
    subjects.push({
      label: subject.label,
      tasks: Object.fromEntries(
        [...Map.groupBy(runs, ({ task }) => task)].map(([task, own]) => [task, own.length]),
      ),
      runs: runs.length,
      usable: runs.filter(({ name }) => !refused.has(name)).length,
      masks: subject.masks.length,
      surfaces: subject.surfaces.length,
    });
  }
  issues.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  if (request.tsv !== undefined) await writeIssues(resolve(request.tsv), issues);
  const { root, layout } = dataset;
  return { root, layout, subjects, counts: countIssues(issues), totals: totalsOf(issues), issues };
}

interface Study {
  readonly workspace: Workspace | null;
  readonly dataset: BidsDataset;
  /** Null where no pictures are known to compare with. */
  readonly stimuli: ReadonlySet<string> | null;
  readonly deep: boolean;
  readonly context: { readonly signal: AbortSignal; advance(): void };
}

async function checkSubject(
  subject: BidsSubject,
  runs: readonly BidsRun[],
  study: Study,
): Promise<StudyIssue[]> {
  const { label } = subject;
  const issues = subject.problems.map((problem) => asIssue(problem, { subject: label }));
  if (runs.length === 0) {
    const message = `Subject ${label} has no functional runs to look at.`;
    const file = study.dataset.root;
    issues.push(
      asIssue(new FusiformError('BIDS_NO_RUNS', message, { file }).toProblem(), { subject: label }),
    );
    return issues;
  }
  let hasFaces = false;
  for (const [task, ofTask] of Map.groupBy(runs, (run) => run.task)) {
    const roles = await rolesOfTask(study, label, task);
    const has = (role: string): boolean => roles?.types.some((type) => type.role === role) === true;
    hasFaces ||= has('training-face') && has('test-face');
    const checked = await inPool(ofTask, (run) => checkOne(run, roles, study));
    issues.push(
      ...checked.flatMap((run) => run.issues),
      ...(await compareRuns(checked, roles, study.stimuli)),
    );
  }
  if (!hasFaces) issues.push(asIssue(withoutFaces(label, study.dataset), { subject: label }));
  return issues;
}

async function checkOne(run: BidsRun, roles: RoleTable | null, study: Study): Promise<CheckedRun> {
  const { signal } = study.context;
  if (signal.aborted) throw cancelled();
  try {
    return await checkRun(run, roles, { deep: study.deep, signal });
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    study.context.advance();
  }
}

function cancelled(): FusiformError {
  return new FusiformError('JOB_CANCELLED', 'Cancelled; nothing was changed.');
}

/** Null where no events can be read: that is said of each run. */
async function rolesOfTask(
  { workspace, dataset }: Study,
  subject: string,
  task: string,
): Promise<RoleTable | null> {
  try {
    return (await subjectRoles(workspace, dataset, { subject, task })).table;
  } catch (error) {
    if (error instanceof FusiformError) return null;
    throw error;
  }
}

function withoutFaces(label: string, { root }: BidsDataset): Problem {
  const message = `No task of subject ${label} has trial types for training faces and for test faces.`;
  return new FusiformError('ROLES_INCOMPLETE', message, { file: root }).toProblem();
}

function isOfTask(run: BidsRun, task: string | undefined): boolean {
  return task === undefined || sameLabel(run.task, bareLabel(task, 'task'));
}

function counting({ report, signal }: WorkContext, total: number): Study['context'] {
  let done = 0;
  return {
    signal,
    advance() {
      done += 1;
      report({ done, total, unit: 'runs' });
    },
  };
}

/** Runs in work at once: enough to hide the latency of a disk on the network. */
const runsAtOnce = 8;

/** Results in the order of the items; a fault ends all, once those in work are done. */
async function inPool<Item, Result>(
  items: readonly Item[],
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += runsAtOnce) {
    results.push(...(await Promise.all(items.slice(start, start + runsAtOnce).map(action))));
  }
  return results;
}
