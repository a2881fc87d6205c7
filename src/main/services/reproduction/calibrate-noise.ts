import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { published } from '../../../shared/published.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readEvaluation } from '../../jobs/stages/evaluate.ts';
import { normalIsf } from '../../math/distributions.ts';
import { decodeSubject } from '../decode.ts';
import { evaluateSubject } from '../evaluate.ts';
import { fitMap } from '../voxels.ts';
import { Workspace, type WorkspaceOptions } from '../workspace.ts';
import type { RecordedSubject } from './recorded-study.ts';
import { type Computing, runSettings, size, voxelRules } from './settings.ts';
import { preparePortraits, simulateSubject } from './simulated-subject.ts';

const schema = z.object({
  /** What the noise is multiplied by. */
  noiseLevel: z.number(),
  target: z.number(),
  /** Seeds of the people that the level was found on; none of them is reported. */
  pilots: z.array(z.number().int()),
  /** What was tried, in order: PCA's pairwise identification, mean over the pilots. */
  tried: z.array(z.object({ noiseLevel: z.number(), pairwise: z.array(z.number()), mean: z.number() })),
});
export type NoiseCalibration = z.output<typeof schema>;

const firstLevel = 3;
const step = 1.5;
const mostLevels = 6;

/**
 * Finds the one free number of the reproduction: the noise at which PCA's pairwise identification is the published one
 * (87.5 %), on pilots who are not reported. Levels a factor of 1.5 apart are tried from 3 on, until the score crosses the
 * published one; between the last two the level is interpolated, probit of the score on the logarithm of the level.
 *
 * What was found is kept in `calibration.json`; the pilots' data are removed.
 */
export async function calibrateNoise(
  outDir: string,
  pilots: readonly { readonly recorded: RecordedSubject; readonly seed: number }[],
  computing: Computing,
  options: WorkspaceOptions,
): Promise<NoiseCalibration> {
  const file = join(outDir, 'calibration.json');
  if (existsSync(file)) return schema.parse(await readJsonFile(file));
  const folder = join(outDir, 'calibration');
  const target = published.pca.pairwise;
  const tried: NoiseCalibration['tried'] = [];
  const noiseLevel = await Workspace.useOrCreate(folder, 'Calibration', options, async (workspace) => {
    await preparePortraits(workspace, computing);
    let level = firstLevel;
    while (tried.length < mostLevels) {
      const pairwise: number[] = [];
      for (const pilot of pilots) pairwise.push(await scorePilot(workspace, pilot, level, computing));
      tried.push({
        noiseLevel: level,
        pairwise,
        mean: pairwise.reduce((a, b) => a + b, 0) / pairwise.length,
      });
      const crossed = crossing(tried, target);
      if (crossed !== null) return crossed;
      level *= tried[tried.length - 1].mean > target ? step : 1 / step;
    }
    throw new Error(`No noise level among ${tried.map((point) => point.noiseLevel).join(', ')} fits.`);
  });
  const found = { noiseLevel, target, pilots: pilots.map(({ seed }) => seed), tried };
  await writeJsonFile(file, found);
  await rm(folder, { recursive: true, force: true });
  return found;
}

/** The level between the last two that were tried; null where both score on one side of the target. */
export function crossing(tried: NoiseCalibration['tried'], target: number): number | null {
  const [a, b] = tried.slice(-2);
  if (b === undefined || a.mean > target === b.mean > target) return null;
  const [from, to, at] = [a.mean, b.mean, target].map(probit);
  const share = (at - from) / (to - from);
  const level = Math.exp(Math.log(a.noiseLevel) + share * Math.log(b.noiseLevel / a.noiseLevel));
  return Number(level.toPrecision(3));
}

/** A perfect score counts as half an error in a subject's 380 pairs. */
function probit(score: number): number {
  return -normalIsf(Math.min(1 - 1 / 760, Math.max(1 / 760, score)));
}

async function scorePilot(
  workspace: Workspace,
  { recorded, seed }: { readonly recorded: RecordedSubject; readonly seed: number },
  noiseLevel: number,
  { engine }: Computing,
): Promise<number> {
  const simulated = await simulateSubject(workspace, recorded, { seed, noiseLevel });
  const subject = simulated.label;
  const model = 'pca';
  await fitMap(workspace, {
    subject,
    model,
    engine,
    crop: size.crop,
    settings: runSettings,
    allowNear: true,
    stimuli: simulated.stimuli,
    ...voxelRules,
  });
  await decodeSubject(workspace, { subject, model, engine });
  const evaluation = await evaluateSubject(workspace, { subject, model, engine, seed, nPermutations: 1000 });
  // The data of a pilot are half a gigabyte: they are gone once they are scored.
  await rm(simulated.bids, { recursive: true, force: true });
  const { value } = (await readEvaluation(evaluation.path)).regions[0].pairwise;
  if (value === null) throw new Error(`Pilot ${seed} has no score.`);
  return value;
}
