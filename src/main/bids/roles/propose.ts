import type { EventColumns } from '../event-columns.ts';
import type { RoleTable, TrialRole, TypeRole } from './role-table.ts';
import type { EventsSurvey, TypeFacts } from './survey.ts';

/** The words by which labs name trial types; the public face study's come first. */
const words: readonly (readonly [TrialRole, RegExp, string])[] = [
  ['one-back', /(^|[_\s-])(one|1)[_\s-]?back|^repeat/i, 'named as a repeat'],
  ['training-face', /^(train|learn)/i, 'begins as "train" does'],
  ['test-face', /^test/i, 'begins with "test"'],
  ['fixation', /^(fix|null|blank|rest|baseline|iti|isi)/i, 'named as fixation or rest'],
  ['imagery', /^(img|imag)/i, 'named as imagery'],
  ['training-face', /[_\s-]train(ing)?$/i, 'ends with "train"'],
  ['test-face', /[_\s-]test$/i, 'ends with "test"'],
];

/** A proposal of roles from names, and where those say nothing from what was shown. */
export function proposeRoleTable(survey: EventsSurvey): RoleTable {
  const byName = new Map(survey.types.map((facts) => [facts.name, roleByName(facts.name)]));
  const types = survey.types.map((facts): TypeRole => {
    const named = byName.get(facts.name);
    const { role, why } =
      named ??
      roleByPictures(
        facts,
        [...byName.values()].map((found) => found?.role),
      );
    return {
      name: facts.name,
      role,
      trials: facts.trials,
      runs: facts.runs,
      why: [why, ...asides(facts, survey)].join('; '),
    };
  });
  return { columns: survey.columns, columnReasons: reasons(survey), types };
}

interface Proposal {
  readonly role: TrialRole;
  readonly why: string;
}

function roleByName(name: string): Proposal | undefined {
  const found = words.find(([, pattern]) => pattern.test(name));
  return found && { role: found[0], why: found[2] };
}

/** At least so many presentations make a picture one of a few that are shown again and again. */
const manyPresentations = 5;
/** Fewer pictures are no training set. */
const leastTrainingPictures = 50;

/**
 * The published design: many faces shown once to learn from, a few shown again and again to test on. Where names have
 * given a role already, nothing else is guessed for it.
 */
function roleByPictures(facts: TypeFacts, taken: readonly (TrialRole | undefined)[]): Proposal {
  const { pictures, withPicture, onebacks, trials } = facts;
  if (withPicture < trials || pictures < 2) {
    return { role: 'other', why: pictures === 0 ? 'no pictures' : 'the name says nothing' };
  }
  const presentations = (withPicture - onebacks) / pictures;
  if (presentations < 2 && pictures >= leastTrainingPictures && !taken.includes('training-face')) {
    return { role: 'training-face', why: `${pictures} pictures, each shown about once` };
  }
  if (presentations >= manyPresentations && !taken.includes('test-face')) {
    return {
      role: 'test-face',
      why: `${pictures} pictures, each shown about ${Math.round(presentations)} times`,
    };
  }
  return { role: 'other', why: 'neither its name nor its pictures tell' };
}

function asides({ onebacks, repeats, pictures }: TypeFacts, { columns }: EventsSurvey): string[] {
  if (onebacks > 0) return [`${onebacks} of its trials are one-backs (column "${columns.oneback}")`];
  const unmarked = columns.oneback === null && repeats > 0 && pictures > 1;
  return unmarked
    ? [`${repeats} of its trials repeat the picture before them, and no column marks them`]
    : [];
}

function reasons({ columns, tablesWith, nTables }: EventsSurvey): Record<string, string> {
  const entries = Object.values(columns)
    .filter((name) => name !== null)
    .map((name): [string, string] => {
      const count = tablesWith.get(name) ?? 0;
      return [name, count === nTables ? 'in every events file' : `in ${count} of ${nTables} events files`];
    });
  return Object.fromEntries(entries);
}

/** How the meanings of columns are written for users. */
export const columnRoles: Readonly<Record<keyof EventColumns, string>> = {
  onset: 'onset',
  duration: 'duration',
  trialType: 'trial-type',
  stimFile: 'image',
  oneback: 'one-back',
};
