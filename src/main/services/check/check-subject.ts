import { basename } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { BidsRun } from '../../bids/dataset.ts';
import { sameLabel } from '../../bids/entities.ts';
import { type Roles, type RoleTable, rolesOf } from '../../bids/roles/role-table.ts';
import { sampleHash } from '../../formats/files/sample.ts';
import { isOneback, modelledEvents } from '../../jobs/stages/roles.ts';
import { agreeingRuns } from '../../jobs/stages/run-agreement.ts';
import type { CheckedRun } from './check-run.ts';
import { asIssue, type StudyIssue } from './issue.ts';

/** What only a look at all runs of a subject's task together shows. */
export async function compareRuns(
  checked: readonly CheckedRun[],
  roles: RoleTable | null,
  stimuli: ReadonlySet<string> | null,
): Promise<StudyIssue[]> {
  const [first] = checked;
  if (first === undefined) return [];
  const { subject } = first.run;
  const about = (problems: readonly Problem[]): StudyIssue[] =>
    problems.map((problem) => asIssue(problem, { subject, ...runOf(problem, checked) }));
  return about([
    ...grids(checked),
    ...numbers(checked),
    ...(await duplicates(checked)),
    ...columnsDiffer(checked),
    ...labels(checked, roles),
    ...(roles === null ? [] : faces(checked, rolesOf(roles), stimuli)),
  ]);
}

function runOf({ file }: Problem, checked: readonly CheckedRun[]): { run?: string } {
  const found = checked.find(
    ({ run }) => file !== undefined && [run.boldPath, run.eventsPath].includes(file),
  );
  return found === undefined ? {} : { run: found.run.name };
}

function grids(checked: readonly CheckedRun[]): Problem[] {
  const known = checked.flatMap(({ run, series, tR }) =>
    series === null || tR === null ? [] : [{ name: run.name, series, tR }],
  );
  return [...agreeingRuns(known).problems];
}

/** Runs that lack in a sequence, and numbers that are the same but for their zeros. */
function numbers(checked: readonly CheckedRun[]): Problem[] {
  const problems: Problem[] = [];
  for (const [session, runs] of Map.groupBy(checked, ({ run }) => run.session)) {
    for (const [at, { run }] of runs.entries()) {
      const same = runs.slice(0, at).find((other) => sameRun(other.run, run));
      if (same === undefined) continue;
      const message = `Run ${run.name} has the number of ${same.run.name}.`;
      problems.push(new FusiformError('STUDY_RUN_TWICE', message, { file: run.boldPath }).toProblem());
    }
    const found = new Set(runs.map(({ run }) => Number(run.run ?? Number.NaN)).filter(Number.isInteger));
    const lacking = Array.from({ length: Math.max(0, ...found) }, (_, at) => at + 1).filter(
      (n) => !found.has(n),
    );
    if (found.size < 2 || lacking.length === 0) continue;
    const where = session === null ? '' : ` of session ${session}`;
    const message = `The runs${where} go to ${Math.max(...found)}, without ${lacking.slice(0, 10).join(', ')}${lacking.length > 10 ? ', ...' : ''}.`;
    problems.push(new FusiformError('RUN_NUMBERS', message, { file: runs[0].run.boldPath }).toProblem());
  }
  return problems;
}

/** `run-1` and `run-01` of the same acquisition. */
function sameRun(a: BidsRun, b: BidsRun): boolean {
  const { run: x, ...others } = a.entities;
  const { run: y, ...theirs } = b.entities;
  const key = (entities: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(entities).sort());
  return x !== undefined && y !== undefined && sameLabel(x, y) && key(others) === key(theirs);
}

/** Images of the same content, and events files of the same rows: a copy under another name. */
async function duplicates(checked: readonly CheckedRun[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  const links = Map.groupBy(
    checked.filter(({ run }) => run.danglingLink !== null),
    ({ run }) => basename(run.danglingLink ?? ''),
  );
  const sizes = Map.groupBy(
    checked.filter(({ series }) => series !== null),
    ({ bytes }) => bytes,
  );
  const suspects = [...links.values(), ...(await sameContent([...sizes.values()]))];
  for (const [original, ...copies] of suspects) {
    for (const { run } of copies) {
      const message = `The image has the content of ${original.run.name}'s.`;
      problems.push(new FusiformError('RUN_DUPLICATE', message, { file: run.boldPath }).toProblem());
    }
  }
  return problems;
}

/** Only files of the same size are read, and of those a sample: uncompressed runs are all of one size. */
async function sameContent(groups: readonly CheckedRun[][]): Promise<CheckedRun[][]> {
  const found: CheckedRun[][] = [];
  for (const group of groups.filter(({ length }) => length > 1)) {
    const hashes = await Promise.all(group.map(({ run }) => sampleHash(run.boldPath)));
    found.push(...Map.groupBy(group, (run) => hashes[group.indexOf(run)]).values());
  }
  return found;
}

function columnsDiffer(checked: readonly CheckedRun[]): Problem[] {
  const tables = checked.map(({ eventsTable }) => eventsTable).filter((table) => table !== null);
  const bySet = [...Map.groupBy(tables, ({ columns }) => columns.join(', '))].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const [usual, ...others] = bySet;
  return others.flatMap(([columns, odd]) =>
    odd.map(({ file }) =>
      new FusiformError(
        'EVENTS_COLUMNS_DIFFER',
        `The columns are ${columns}; ${usual[1].length} other runs have ${usual[0]}.`,
        { file, line: 1 },
      ).toProblem(),
    ),
  );
}

/** Labels with blanks around them, and labels that differ in their case alone. */
function labels(checked: readonly CheckedRun[], roles: RoleTable | null): Problem[] {
  const column = roles?.columns.trialType ?? 'trial_type';
  const blanks = checked.flatMap(({ eventsTable }) => {
    const row = eventsTable?.rows.find(
      ({ values }) => (values[column] ?? '').trim() !== (values[column] ?? ''),
    );
    return eventsTable && row ? [{ file: eventsTable.file, line: row.line, label: row.values[column] }] : [];
  });
  const problems: Problem[] = [];
  if (blanks.length > 0) {
    const [{ file, line, label }] = blanks;
    const message = `${blanks.length} events files have blanks around trial types ("${label}"); they do not count.`;
    problems.push(new FusiformError('EVENTS_LABELS', message, { file, line }).toProblem());
  }
  const names = new Set(
    checked.flatMap(({ events }) => events?.rows.map(({ trialType }) => trialType) ?? []),
  );
  for (const [, alike] of Map.groupBy(names, (name) => name.toLowerCase())) {
    if (alike.length < 2) continue;
    const file = checked.find(({ events }) => events?.rows.some(({ trialType }) => trialType === alike[1]))
      ?.events?.file;
    const message = `The trial types ${alike.map((name) => `"${name}"`).join(' and ')} differ in case alone, and count as different.`;
    problems.push(
      new FusiformError('EVENTS_LABELS', message, file === undefined ? {} : { file }).toProblem(),
    );
  }
  return problems;
}

/** Face trials without a picture, pictures that are not there, faces that are shown in training and in test. */
function faces(checked: readonly CheckedRun[], roles: Roles, stimuli: ReadonlySet<string> | null): Problem[] {
  const problems: Problem[] = [];
  const training = new Set<string>();
  const tested = new Map<string, { file: string; line: number }>();
  for (const { events } of checked) {
    if (events === null) continue;
    const trials = modelledEvents(events.rows, roles).filter(
      ({ trialType }) => roles.trainFace.includes(trialType) || roles.testFace.includes(trialType),
    );
    const unnamed = trials.filter(({ stimFile }) => stimFile === null);
    const absent = trials.filter(({ stimFile }) => stimFile !== null && stimuli?.has(stimFile) === false);
    if (unnamed.length > 0) {
      const message = `${unnamed.length} face trials name no picture.`;
      problems.push(problemAt('STIMULUS_MISSING', message, events.file, unnamed[0].line));
    }
    if (absent.length > 0) {
      const message = `${absent.length} face trials show pictures that are not among the stimuli; the first is "${absent[0].stimFile}".`;
      problems.push(problemAt('STIMULUS_NOT_FOUND', message, events.file, absent[0].line));
    }
    for (const row of trials) {
      if (row.stimFile === null || isOneback(row, roles)) continue;
      if (roles.trainFace.includes(row.trialType)) training.add(row.stimFile);
      else tested.set(row.stimFile, { file: events.file, line: row.line });
    }
  }
  for (const [stimFile, { file, line }] of tested) {
    if (!training.has(stimFile)) continue;
    const message = `"${stimFile}" is shown as a training face and as a test face.`;
    problems.push(problemAt('LEAKAGE_TRAIN_TEST', message, file, line));
  }
  return problems;
}

function problemAt(
  code: 'STIMULUS_MISSING' | 'STIMULUS_NOT_FOUND' | 'LEAKAGE_TRAIN_TEST',
  message: string,
  file: string,
  line: number,
): Problem {
  return new FusiformError(code, message, { file, line }).toProblem();
}
