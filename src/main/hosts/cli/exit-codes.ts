import { errorCodes } from '../../../shared/error-codes.ts';
import { FusiformError } from '../../../shared/errors.ts';

/** What the process says to the shell; `fusiform --help` prints this table. */
export const exitCodes = {
  ok: 0,
  crash: 1,
  usage: 2,
  input: 3,
  project: 4,
  machine: 5,
  cancelled: 130,
} as const;

export const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [exitCodes.ok, 'done, or nothing to do'],
  [exitCodes.crash, 'a fault of the program itself'],
  [exitCodes.usage, 'the command was not understood'],
  [exitCodes.input, 'the data was refused: see code, file, line and remedy'],
  [exitCodes.project, 'the project is missing, locked, damaged or newer'],
  [exitCodes.machine, 'disk, memory or compute engine'],
  [exitCodes.cancelled, 'cancelled; what was finished is kept'],
];

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof FusiformError)) return exitCodes.crash;
  if (error.code === 'JOB_CANCELLED') return exitCodes.cancelled;
  return exitCodes[errorCodes[error.code].kind];
}
