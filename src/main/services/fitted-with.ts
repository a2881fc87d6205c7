import { z } from 'zod';
import type { GlmSettings } from '../jobs/stages/glm-settings.ts';
import { glmSettingsSchema } from '../jobs/stages/glm-settings.ts';
import { gainMeasureSchema, ruleSchema } from '../jobs/stages/selection-schema.ts';
import { findJob } from '../store/jobs.ts';
import { findAncestors } from '../store/lineage.ts';
import { mappingName } from './subjects.ts';
import type { Workspace } from './workspace.ts';

const encodingSchema = z.object({
  runs: z.array(z.object({ name: z.string() })),
  settings: glmSettingsSchema,
  noise: z.enum(['ols', 'ar1']),
  maskThreshold: z.number(),
  folds: z.number().int(),
});
const rulesSchema = z.object({
  faceRule: ruleSchema,
  gainRule: ruleSchema,
  gainMeasure: gainMeasureSchema,
});

/** How a mapping came to be. */
export interface FittedWith extends z.output<typeof rulesSchema> {
  readonly runs: readonly string[];
  readonly settings: GlmSettings;
  readonly noise: 'ols' | 'ar1';
  readonly maskThreshold: number;
  readonly folds: number;
}

/**
 * The runs and settings that a mapping was fitted with, as its jobs have them.
 *
 * @returns null for one that was imported: how it was fitted is not known.
 * @throws FusiformError NAME_UNKNOWN where there is no mapping
 */
export function fittedWith(workspace: Workspace, subject: string, model: string): FittedWith | null {
  const { key } = workspace.entry('mapping', mappingName(subject, model));
  const { sql } = workspace.store;
  const encoding = findAncestors(sql, key, 'fit-encoding').at(0);
  const rules = findJob(sql, key)?.parameters;
  if (encoding === undefined || rules === undefined) return null;
  const { runs, ...fitted } = encodingSchema.parse(encoding.parameters);
  return { runs: runs.map(({ name }) => name), ...fitted, ...rulesSchema.parse(rules) };
}
