import { parseBidsName } from '../../bids/entities.ts';
import type { EventRow } from '../../bids/events.ts';
import { Random } from '../../math/random.ts';
import type { BoldRun } from './bold-run.ts';
import {
  faceName,
  isOneback,
  modelledEvents,
  placeholder,
  type Roles,
  stimulusOf,
  testRegressor,
} from './roles.ts';

/** An imagined face that the events do not name. */
export const unnamed = 'unnamed';

const imageryPrefix = 'imagined:';
const restPrefix = 'unmatched:';

/** The regressor of an imagined face. */
export function imaginedRegressor(face: string): string {
  return imageryPrefix + face;
}

/** What is imagined in an event: the picture that the events name, if it shows a face. */
function imaginedIn({ stimFile }: EventRow): string {
  return stimFile === null || placeholder.test(stimFile) ? unnamed : faceName(stimFile);
}

export interface ImageryRun {
  readonly run: BoldRun;
  /** Session of the run; null where its name has none. */
  readonly session: string | null;
  /** 0 or 1: runs with imagery take turns, and so do the others. */
  readonly half: 0 | 1;
  /** Trials of each imagined face and of each test face that count, by the name of its regressor. */
  readonly trials: ReadonlyMap<string, number>;
}

export interface ImageryTrials {
  readonly runs: readonly ImageryRun[];
  /** Trials of each imagined face, by its name or `unnamed`. */
  readonly imagined: ReadonlyMap<string, number>;
  /** Trials of each test face that count, by name: as many as of imagery, or all where there are fewer. */
  readonly seen: ReadonlyMap<string, number>;
  /** How many of each test face were wanted. */
  readonly matched: number;
}

/**
 * Prepares runs for a model in which imagined and seen faces stand on one footing: each imagined face has a regressor of its own,
 * and each test face one of as many of its trials as an imagined face has on average (drawn by seed; the others are modelled apart).
 */
export function imageryTrials(runs: readonly BoldRun[], roles: Roles, seed: number): ImageryTrials {
  const imagined = new Map<string, number>();
  const shown = new Map<string, { run: number; line: number }[]>();
  runs.forEach(({ events }, run) => {
    for (const event of modelledEvents(events.rows, roles)) {
      if (isOneback(event, roles)) continue;
      if (roles.imagery.includes(event.trialType)) {
        imagined.set(imaginedIn(event), (imagined.get(imaginedIn(event)) ?? 0) + 1);
      } else if (roles.testFace.includes(event.trialType)) {
        const face = faceName(stimulusOf(event, events.file));
        shown.set(face, [...(shown.get(face) ?? []), { run, line: event.line }]);
      }
    }
  });
  const total = [...imagined.values()].reduce((sum, count) => sum + count, 0);
  const matched = imagined.size === 0 ? 0 : Math.round(total / imagined.size);
  const random = new Random(seed).fork('matched trials');
  const kept = new Map<string, Set<string>>();
  for (const [face, trials] of [...shown].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const order = random.fork(face).permutation(trials.length).slice(0, matched);
    kept.set(face, new Set(Array.from(order, (at) => `${trials[at].run}:${trials[at].line}`)));
  }
  let withImagery = 0;
  let without = 0;
  return {
    matched,
    imagined,
    seen: new Map([...kept].map(([face, trials]) => [face, trials.size])),
    runs: runs.map((run, at) => {
      const rows = run.events.rows.map((event) => relabelled(event, at, roles, run.events.file, kept));
      const has = run.events.rows.some(({ trialType }) => roles.imagery.includes(trialType));
      return {
        run: { ...run, events: { ...run.events, rows } },
        session: parseBidsName(`${run.name}_bold.nii.gz`)?.entities.ses ?? null,
        half: ((has ? withImagery++ : without++) % 2) as 0 | 1,
        trials: trialsOf(run, at, roles, kept),
      };
    }),
  };
}

function trialsOf(
  { events }: BoldRun,
  run: number,
  roles: Roles,
  kept: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, number> {
  const trials = new Map<string, number>();
  for (const event of modelledEvents(events.rows, roles)) {
    if (isOneback(event, roles)) continue;
    const regressor = roles.imagery.includes(event.trialType)
      ? imaginedRegressor(imaginedIn(event))
      : keptTestRegressor(event, run, roles, events.file, kept);
    if (regressor !== null) trials.set(regressor, (trials.get(regressor) ?? 0) + 1);
  }
  return trials;
}

/** Null for what is no trial of a test face, or one that does not count. */
function keptTestRegressor(
  event: EventRow,
  run: number,
  roles: Roles,
  file: string,
  kept: ReadonlyMap<string, ReadonlySet<string>>,
): string | null {
  if (!roles.testFace.includes(event.trialType)) return null;
  const face = faceName(stimulusOf(event, file));
  return kept.get(face)?.has(`${run}:${event.line}`) === true ? testRegressor(face) : null;
}

/** Types that play no part in the roles become regressors under their own names. */
function relabelled(
  event: EventRow,
  run: number,
  roles: Roles,
  file: string,
  kept: ReadonlyMap<string, ReadonlySet<string>>,
): EventRow {
  if (isOneback(event, roles) || roles.ignore.includes(event.trialType)) return event;
  if (roles.imagery.includes(event.trialType)) {
    return { ...event, trialType: imaginedRegressor(imaginedIn(event)) };
  }
  if (!roles.testFace.includes(event.trialType)) return event;
  return keptTestRegressor(event, run, roles, file, kept) === null
    ? { ...event, trialType: restPrefix + faceName(stimulusOf(event, file)) }
    : event;
}
