import type { Events } from '../../bids/events.ts';
import { isOneback, modelledEvents, type Roles, stimulusOf } from './roles.ts';

/** Different training faces of each run, by its name. */
export function facesOfRuns(
  runs: readonly { readonly name: string; readonly events: Pick<Events, 'file' | 'rows'> }[],
  roles: Roles,
): Map<string, Set<string>> {
  return new Map(
    runs.map(({ name, events: { file, rows } }) => [
      name,
      new Set(
        modelledEvents(rows, roles)
          .filter((row) => roles.trainFace.includes(row.trialType) && !isOneback(row, roles))
          .map((row) => stimulusOf(row, file)),
      ),
    ]),
  );
}

export interface ChosenPoint {
  /** Folds from the first. */
  readonly nFolds: number;
  readonly runs: number;
  /** Different training faces in them. */
  readonly faces: number;
  /** The number asked for; null for all of them. */
  readonly requested: number | null;
}

const usualStep = 1000;

/**
 * Which numbers of folds stand for the numbers of training faces asked for: whole folds, so the nearest number that there
 * is, each once; and all of them.
 *
 * @param folds runs of each fold
 * @param points null: every 1000 faces
 */
export function chooseFolds(
  folds: readonly (readonly string[])[],
  faces: ReadonlyMap<string, ReadonlySet<string>>,
  points: readonly number[] | null,
): ChosenPoint[] {
  const seen = new Set<string>();
  let runs = 0;
  const growing = folds.map((fold, at) => {
    for (const run of fold) for (const face of faces.get(run) ?? []) seen.add(face);
    runs += fold.length;
    return { nFolds: at + 1, runs, faces: seen.size };
  });
  const most = seen.size;
  const wanted =
    points ?? Array.from({ length: Math.floor(most / usualStep) }, (_, at) => (at + 1) * usualStep);
  const last = growing.at(-1);
  const chosen = new Map<number, ChosenPoint>();
  for (const requested of [...wanted].sort((a, b) => a - b)) {
    const nearest = growing.reduce((best, next) =>
      Math.abs(next.faces - requested) < Math.abs(best.faces - requested) ? next : best,
    );
    const isNew = nearest !== last && !chosen.has(nearest.nFolds);
    if (requested <= most && isNew) chosen.set(nearest.nFolds, { ...nearest, requested });
  }
  if (last !== undefined) chosen.set(last.nFolds, { ...last, requested: null });
  return [...chosen.values()];
}
