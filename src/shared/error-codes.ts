import { analysisErrors } from './error-codes/analysis.ts';
import { faceErrors } from './error-codes/faces.ts';
import { formatErrors } from './error-codes/formats.ts';
import { programErrors } from './error-codes/program.ts';
import { runErrors } from './error-codes/runs.ts';

export type { ErrorDefinition } from './error-codes/definition.ts';

/** Every fault that a user can meet. A code never changes its meaning. */
export const errorCodes = {
  ...programErrors,
  ...formatErrors,
  ...faceErrors,
  ...runErrors,
  ...analysisErrors,
} as const;

export type ErrorCode = keyof typeof errorCodes;
