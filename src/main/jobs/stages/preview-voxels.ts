import { join } from 'node:path';
import { z } from 'zod';
import { chartSvg } from '../../formats/chart/svg.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import {
  describeRule,
  type SelectionRule,
  selectVoxels,
  type TestedVoxels,
  testVoxels,
} from '../../glm/voxel-selection.ts';
import { fdrAdjusted } from '../../math/multiple-testing.ts';
import { defineStage } from '../stage.ts';
import { medianOf } from './median-of.ts';
import { regionOfVoxels, regionsOf, regionsSchema } from './region-inputs.ts';
import { gainMeasureSchema, ruleSchema } from './selection-schema.ts';
import { readVoxelStatistics } from './voxel-statistics.ts';

/** Lines that are drawn beside the one that was asked for. */
const faceRules: readonly SelectionRule[] = [
  { kind: 'all' },
  { kind: 'p', p: 0.05 },
  { kind: 'p', p: 0.001 },
  { kind: 'fdr', q: 0.05 },
  { kind: 'fdr', q: 0.01 },
  { kind: 'fdr', q: 0.001 },
];
const gainRules: readonly SelectionRule[] = [
  { kind: 'all' },
  { kind: 'p', p: 0.05 },
  { kind: 'fdr', q: 0.05 },
  { kind: 'fdr', q: 0.01 },
  { kind: 'fraction', keep: 2 / 3 },
  { kind: 'fraction', keep: 1 / 3 },
  { kind: 'fraction', keep: 0.1 },
];

/**
 * What voxels are chosen by (input `statistics`) and images of regions -> how many voxels remain under the given rules and
 * under others, in all and in each region: before anything is fitted with them.
 */
export const previewVoxelsStage = defineStage({
  name: 'preview-voxels',
  version: 1,
  parameters: z.strictObject({
    faceRule: ruleSchema,
    gainRule: ruleSchema,
    gainMeasure: gainMeasureSchema,
    regions: regionsSchema,
  }),
  async run({ faceRule, gainRule, gainMeasure, regions: wanted }, context) {
    const { outDir } = context;
    const { mask, statistics, crossValidated } = await readVoxelStatistics(context.inputs.statistics);
    const tested = testVoxels(statistics, gainMeasure, crossValidated?.z);
    const { regions, problems } = await regionsOf(wanted, mask, context.inputs);
    const nVoxels = mask.indices.length;
    const remaining = (face: SelectionRule, gain: SelectionRule) => {
      const { positions } = selectVoxels(tested, { faceRule: face, gainRule: gain });
      const places = regionOfVoxels(positions, regions, nVoxels);
      const byRegion = regions.map(({ name }, at): [string, number] => [
        name,
        places.reduce((sum, place) => sum + (place === at ? 1 : 0), 0),
      ]);
      return {
        face: describeRule(face),
        gain: describeRule(gain),
        voxels: positions.length,
        regions: byRegion,
      };
    };
    const rows = withRule(faceRules, faceRule).flatMap((face) =>
      withRule(gainRules, gainRule).map((gain) => remaining(face, gain)),
    );
    const asked = selectVoxels(tested, { faceRule, gainRule });
    const chosen = remaining(faceRule, gainRule);
    const summary = {
      voxels: nVoxels,
      constantVoxels: statistics.varies.reduce((sum, value) => sum + 1 - value, 0),
      faceRule: chosen.face,
      gainRule: chosen.gain,
      gainMeasure,
      respondToFaces: asked.nFace,
      gainFromLatents: asked.nGain,
      selected: chosen.voxels,
      regions: Object.fromEntries(chosen.regions),
      regionVoxels: Object.fromEntries(regions.map(({ name, voxels }) => [name, voxels.length])),
      ...(crossValidated
        ? {
            leftOut: [{ name: 'all', voxels: Uint32Array.from(mask.indices.keys()) }, ...regions].map(
              ({ name, voxels }) => ({
                region: name,
                correlation: medianOf(crossValidated.correlation, voxels),
                gain: medianOf(crossValidated.gain, voxels),
                weightReliability: medianOf(crossValidated.weightReliability, voxels),
              }),
            ),
          }
        : {}),
      table: rows.map((row) => ({ ...row, regions: Object.fromEntries(row.regions) })),
    };
    await writeTsvFile(
      join(outDir, 'preview.tsv'),
      ['face', 'gain', 'voxels', ...regions.map(({ name }) => name)],
      rows.map(({ face, gain, voxels, regions: counts }) => [
        face,
        gain,
        voxels,
        ...counts.map(([, count]) => count),
      ]),
    );
    await writeJsonFile(join(outDir, 'preview.json'), summary);
    await writeFileAtomic(join(outDir, 'preview.svg'), await thresholdChart(tested));
    return { summary, problems };
  },
});

/** The rules with the one that was asked for, if it is not among them. */
function withRule(rules: readonly SelectionRule[], asked: SelectionRule): readonly SelectionRule[] {
  return rules.some((rule) => describeRule(rule) === describeRule(asked)) ? rules : [...rules, asked];
}

/** How many voxels pass each test as the line moves: uncorrected p, and the false discovery rate. */
function thresholdChart({ faceP, gainP, statistics }: TestedVoxels): Promise<string> {
  const tests = [
    ['faces', faceP],
    ['latents', gainP],
  ] as const;
  const levels = Array.from({ length: 24 }, (_, at) => 10 ** (-6 + at / 4));
  const values = tests.flatMap(([test, p]) => {
    const varying = p.map((value, voxel) => (statistics.varies[voxel] === 1 ? value : Number.NaN));
    return (['p', 'FDR q'] as const).flatMap((line) => {
      const sorted = (line === 'p' ? varying : fdrAdjusted(varying))
        .filter((value) => !Number.isNaN(value))
        .sort();
      return levels.map((level) => ({ test, line, level, voxels: countUpTo(sorted, level) }));
    });
  });
  return chartSvg({
    width: 420,
    height: 220,
    data: { values },
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: { field: 'level', type: 'quantitative', scale: { type: 'log' }, title: 'threshold' },
      y: { field: 'voxels', type: 'quantitative', title: 'voxels that pass' },
      color: { field: 'test', type: 'nominal', title: null },
      strokeDash: { field: 'line', type: 'nominal', title: null },
    },
  });
}

/** How many of ascending numbers are no larger than `level`. */
function countUpTo(sorted: Float64Array, level: number): number {
  const first = sorted.findIndex((value) => value > level);
  return first < 0 ? sorted.length : first;
}
