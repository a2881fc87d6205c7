import type { EventRow } from '../../bids/events.ts';
import type { BoldRun } from './bold-run.ts';
import { faceName, isOneback, modelledEvents, placeholder, type Roles } from './roles.ts';

/** What patterns are made of: all trials of a picture together, or each trial by itself. */
export const decodedUnits = ['picture', 'trial'] as const;
export type DecodedUnit = (typeof decodedUnits)[number];

/** A trial that is to be decoded. */
export interface DecodedTrial {
  /** Its regressor: that of its picture, or of its trial type. */
  readonly regressor: string;
  readonly run: string;
  /** Seconds. */
  readonly onset: number;
  readonly trialType: string;
  /** Null where none is named, or one that stands for no face. */
  readonly stimFile: string | null;
}

/** Before the names of regressors that are decoded: no role has them. */
const prefix = 'decoded:';

/**
 * The runs with the trials that are to be decoded under regressors of their own, and these trials run by run in the order of the
 * events. Repeats of the picture before stay what they are.
 *
 * @param types trial types, as the events name them
 */
export function labelTrials(
  runs: readonly BoldRun[],
  roles: Roles,
  types: readonly string[],
  unit: DecodedUnit,
): { readonly runs: readonly BoldRun[]; readonly trials: readonly DecodedTrial[] } {
  const trials: DecodedTrial[] = [];
  const isDecoded = (event: EventRow) => types.includes(event.trialType) && !isOneback(event, roles);
  const labelled = runs.map((run) => {
    const rows = modelledEvents(run.events.rows, roles).map((event) => {
      if (!isDecoded(event)) return event;
      const { trialType, onset } = event;
      const stimFile = event.stimFile !== null && placeholder.test(event.stimFile) ? null : event.stimFile;
      const regressor = prefix + (unit === 'trial' ? trialType : pictureOf(trialType, stimFile, roles));
      trials.push({ regressor, run: run.name, onset, trialType, stimFile });
      return { ...event, trialType: regressor };
    });
    return { ...run, events: { ...run.events, rows } };
  });
  return { runs: labelled, trials };
}

/** By which a picture is the same in all runs: test faces are copied into the folder of every run under one name. */
function pictureOf(trialType: string, stimFile: string | null, roles: Roles): string {
  if (stimFile === null) return trialType;
  return roles.testFace.includes(trialType) ? faceName(stimFile) : stimFile;
}

/** The trial types that show or call up a face, as the roles have them. */
export function faceTypes({ trainFace, testFace, imagery }: Roles): readonly string[] {
  return [...trainFace, ...testFace, ...imagery];
}

/** Names that can be those of files, each once: letters, digits, hyphens and underscores. */
export function fileNames(texts: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return texts.map((text) => {
    const name = text.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/[^\p{L}\p{N}_-]+/gu, '-') || 'pattern';
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}
