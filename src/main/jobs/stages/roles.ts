import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import type { EventRow } from '../../bids/events.ts';

/** Which trial types of the events files play which part in the analysis. */
export const rolesSchema = z.strictObject({
  trainFace: z.array(z.string()),
  testFace: z.array(z.string()),
  fixation: z.array(z.string()),
  imagery: z.array(z.string()),
});
export type Roles = z.output<typeof rolesSchema>;

/** The words by which labs name trial types; the public face study's come first. */
const words: Readonly<Record<keyof Roles, RegExp>> = {
  trainFace: /^train/i,
  testFace: /^test/i,
  fixation: /^(fix|null|blank|rest)/i,
  imagery: /^(img|imag)/i,
};

/** A proposal from the trial types that the events hold. */
export function proposeRoles(trialTypes: Iterable<string>): Roles {
  const types = [...new Set(trialTypes)].sort();
  const matching = (role: keyof Roles) => types.filter((type) => words[role].test(type));
  return {
    trainFace: matching('trainFace'),
    testFace: matching('testFace'),
    fixation: matching('fixation'),
    imagery: matching('imagery'),
  };
}

/** Columns of the encoding model that are no face of their own. */
export const regressors = {
  face: 'face',
  fixation: 'fixation',
  oneback: 'oneback',
  imagery: 'imagery',
} as const;

/** Before the names of test faces, so that none can be mistaken for another regressor. */
const testPrefix = 'test:';

/** The regressor that an event belongs to. One-back repeats are kept out of what the decoder learns from. */
export function regressorOf(event: EventRow, roles: Roles, file: string): string {
  if (event.oneback) return regressors.oneback;
  if (roles.trainFace.includes(event.trialType)) return regressors.face;
  if (roles.testFace.includes(event.trialType)) return testPrefix + faceName(stimulusOf(event, file));
  if (roles.fixation.includes(event.trialType)) return regressors.fixation;
  if (roles.imagery.includes(event.trialType)) return regressors.imagery;
  return event.trialType;
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
