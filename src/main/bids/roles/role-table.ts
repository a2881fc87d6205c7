import { z } from 'zod';
import { eventColumnsSchema } from '../event-columns.ts';

/** What a trial type is to the analysis; the first six get regressors. */
export const trialRoles = [
  'training-face',
  'test-face',
  'one-back',
  'fixation',
  'imagery',
  'other',
  'ignore',
] as const;
export type TrialRole = (typeof trialRoles)[number];

export const roleMeanings: Readonly<Record<TrialRole, string>> = {
  'training-face': 'the decoder learns from these faces',
  'test-face': 'these faces are decoded: one regressor each',
  'one-back': 'repeats: a regressor of their own, and nothing is learnt from them',
  fixation: 'no picture of a face',
  imagery: 'a face was imagined',
  other: 'a regressor under its own name',
  ignore: 'left out of the model',
};

const typeRoleSchema = z.strictObject({
  /** The trial type, blanks around it taken off. */
  name: z.string(),
  role: z.enum(trialRoles),
  trials: z.number().int(),
  runs: z.number().int(),
  /** Why this role, in words. */
  why: z.string(),
});
export type TypeRole = z.output<typeof typeRoleSchema>;

/** Which trial types play which part, and which columns say so; proposed by the program, confirmed by the user. */
export const roleTableSchema = z.strictObject({
  columns: eventColumnsSchema,
  /** Why each column. */
  columnReasons: z.record(z.string(), z.string()),
  types: z.array(typeRoleSchema),
});
export type RoleTable = z.output<typeof roleTableSchema>;

/** Trial types by role, as the stages take them; a type in no list keeps a regressor under its own name. */
export const rolesSchema = z.strictObject({
  trainFace: z.array(z.string()),
  testFace: z.array(z.string()),
  fixation: z.array(z.string()),
  imagery: z.array(z.string()),
  oneback: z.array(z.string()).default([]),
  ignore: z.array(z.string()).default([]),
});
export type Roles = z.output<typeof rolesSchema>;

export function rolesOf({ types }: RoleTable): Roles {
  const named = (role: TrialRole): string[] =>
    types.filter((type) => type.role === role).map(({ name }) => name);
  return {
    trainFace: named('training-face'),
    testFace: named('test-face'),
    fixation: named('fixation'),
    imagery: named('imagery'),
    oneback: named('one-back'),
    ignore: named('ignore'),
  };
}
