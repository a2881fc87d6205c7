import { FusiformError } from '../../../shared/errors.ts';
import type { EventRow } from '../../bids/events.ts';
import type { Roles } from '../../bids/roles/role-table.ts';

export { type Roles, rolesSchema } from '../../bids/roles/role-table.ts';

/** Columns of the encoding model that are no face of their own. */
export const regressors = {
  face: 'face',
  fixation: 'fixation',
  oneback: 'oneback',
  imagery: 'imagery',
} as const;

/** Before the names of test faces, so that none can be mistaken for another regressor. */
const testPrefix = 'test:';
const otherPrefix = 'other:';

/** The events that the model holds: all but those of types that are to be ignored. */
export function modelledEvents(events: readonly EventRow[], roles: Roles): readonly EventRow[] {
  return roles.ignore.length === 0
    ? events
    : events.filter((event) => !roles.ignore.includes(event.trialType));
}

/** Whether an event repeats the picture before it, by its own column or by its trial type. */
export function isOneback(event: EventRow, roles: Roles): boolean {
  return event.oneback || roles.oneback.includes(event.trialType);
}

/** The regressor that an event belongs to. One-back repeats are kept out of what the decoder learns from. */
export function regressorOf(event: EventRow, roles: Roles, file: string): string {
  if (isOneback(event, roles)) return regressors.oneback;
  if (roles.trainFace.includes(event.trialType)) return regressors.face;
  if (roles.testFace.includes(event.trialType)) return testRegressor(faceName(stimulusOf(event, file)));
  if (roles.fixation.includes(event.trialType)) return regressors.fixation;
  if (roles.imagery.includes(event.trialType)) return regressors.imagery;
  // A type of its own may bear the name of one of the regressors above.
  const isTaken =
    event.trialType.startsWith(testPrefix) || Object.values<string>(regressors).includes(event.trialType);
  return isTaken ? `${otherPrefix}${event.trialType}` : event.trialType;
}

/** The regressor of a test face, by its file name. */
export function testRegressor(face: string): string {
  return testPrefix + face;
}

export function testFaceOf(regressor: string): string | null {
  return regressor.startsWith(testPrefix) ? regressor.slice(testPrefix.length) : null;
}

/** @throws FusiformError STIMULUS_MISSING */
export function stimulusOf(event: EventRow, file: string): string {
  if (event.stimFile !== null) return event.stimFile;
  throw new FusiformError('STIMULUS_MISSING', 'The face trial names no stimulus (stim_file).', {
    file,
    line: event.line,
  });
}

/** A test face keeps its file name while the study copies it into the folder of every run. */
export function faceName(stimFile: string): string {
  return stimFile.slice(stimFile.lastIndexOf('/') + 1);
}

/** Paths of pictures that stand for no face: the fixation cross, also while a face is imagined. */
export const placeholder = /(^|\/)(placeholders\/|fixation)/i;
