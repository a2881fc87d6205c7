import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import type { Metric } from '../../../shared/evaluation.ts';
import type {
  ImageryIdentificationRow,
  ImageryResult,
  ReliabilityRow,
  SeenCeilingRow,
} from '../../../shared/imagery.ts';
import {
  codeReliability,
  combineImagery,
  identifyImagined,
  seenCeiling,
  transferOf,
} from '../../decoding/imagery.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import { fdrAdjusted } from '../../math/multiple-testing.ts';
import { mean } from '../../math/statistics.ts';
import { defineStage } from '../stage.ts';
import { type Decoded, readDecoded } from './decode-patterns.ts';
import { rowsOf } from './face-rows.ts';
import { imageryChart } from './imagery-chart.ts';
import { type ImageryPatterns, readImageryPatterns } from './imagery-patterns.ts';
import { writeImageryResult } from './imagery-result.ts';
import { ceilingColumns, identificationColumns, reliabilityColumns } from './imagery-tables.ts';
import { unnamed } from './imagery-trials.ts';
import { type Latents, pickCodes, readLatents } from './latents.ts';
import { faceName } from './roles.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  decoder: z.string(),
  /** Who was imagined where the events do not say. */
  imagined: z.string().nullable(),
  candidates: z.array(z.string()).min(2),
  parquet: z.boolean(),
});

/**
 * Decoded codes (input `decoded`), true codes of the stimuli (`latents`), and where the runs were at hand patterns of imagined and
 * seen faces from as many trials (`patterns`, of `imagery-patterns`) as decoded (`patternsDecoded`) -> whether imagined faces are
 * told from candidates, region by region; what seen faces reach in the same way; how reliable imagery is in itself.
 */
export const imageryStage = defineStage({
  name: 'imagery',
  version: 1,
  parameters,
  async run({ modelName, decoder, imagined, candidates, parquet }, context) {
    const { inputs, outDir } = context;
    const decoded = await readDecoded(inputs.decoded);
    const latents = await readLatents(inputs.latents);
    const pool = new Candidates(candidates, latents, inputs.latents);
    const trials = inputs.patterns === undefined ? null : await readImageryPatterns(inputs.patterns);
    const trialsDecoded = trials === null ? null : await readDecoded(inputs.patternsDecoded);
    const named = nameOf(imagined, trials);
    const all =
      trials === null || Object.keys(trials.trials.imagined).length === 1
        ? fromEncoding(decoded, pool, named)
        : [];
    const byTrials = trials && trialsDecoded ? fromTrials(trials, trialsDecoded, pool, named) : [];
    const identifications = withQ([...all, ...byTrials]);
    if (identifications.length === 0) {
      throw new FusiformError(
        'IMAGERY_NONE',
        `Subject ${decoded.description.subject} has no pattern of imagery.`,
      );
    }
    const result: ImageryResult = {
      subject: decoded.description.subject,
      model: modelName,
      decoder,
      candidates: [...candidates],
      identifications,
      combined: combined(identifications),
      ceilings: ceilingsOf(identifications, decoded, trials, trialsDecoded, pool, latents, inputs.latents),
      reliability: trials && trialsDecoded ? reliabilityOf(trials, trialsDecoded) : [],
      trials: trials?.trials ?? null,
    };
    await writeImageryResult(outDir, result);
    const formats = tableFormats(parquet);
    await writeTable(join(outDir, 'identifications'), identificationColumns(identifications), formats);
    await writeTable(join(outDir, 'ceilings'), ceilingColumns(result.ceilings), formats);
    if (result.reliability.length > 0) {
      await writeTable(join(outDir, 'reliability'), reliabilityColumns(result.reliability), formats);
    }
    await writeFile(join(outDir, 'imagery.svg'), await imageryChart(result));
    return { summary: { ...result }, metrics: metricsOf(result) };
  },
});

/** The faces that could have been imagined, with their codes. */
class Candidates {
  readonly #names: readonly string[];
  readonly #codes: Float32Array;
  readonly #latentDim: number;
  readonly #file: string;

  constructor(names: readonly string[], latents: Latents, file: string) {
    const repeated = names.find(
      (name, at) => names.findIndex((other) => faceName(other) === faceName(name)) < at,
    );
    if (repeated !== undefined) {
      throw new FusiformError('IMAGERY_NOT_A_CANDIDATE', `The candidate "${repeated}" is given twice.`, {
        file,
      });
    }
    this.#names = names;
    this.#codes = pickCodes(latents, rowsOf(names, latents.files, file));
    this.#latentDim = latents.latentDim;
    this.#file = file;
  }

  identify(code: Float32Array, imagined: string) {
    return identifyImagined(code, this.#codes, this.#positionOf(imagined));
  }

  /** Codes of all but one. */
  without(imagined: string): Float32Array {
    const at = this.#positionOf(imagined);
    const others = [...this.#names.keys()].filter((row) => row !== at);
    return pickCodes({ codes: this.#codes, latentDim: this.#latentDim }, others);
  }

  has(face: string): boolean {
    return this.#names.some((name) => faceName(name) === faceName(face));
  }

  get count(): number {
    return this.#names.length;
  }

  #positionOf(imagined: string): number {
    const at = this.#names.findIndex((name) => faceName(name) === faceName(imagined));
    if (at >= 0) return at;
    throw new FusiformError(
      'IMAGERY_NOT_A_CANDIDATE',
      `"${imagined}" was imagined and is not among the ${this.#names.length} candidates.`,
      { file: this.#file },
    );
  }
}

/** The stimulus of an imagined face as the events name it. @throws FusiformError IMAGERY_UNNAMED */
function nameOf(given: string | null, trials: ImageryPatterns | null): (face: string) => string {
  const names = trials === null ? [unnamed] : Object.keys(trials.trials.imagined);
  if (names.includes(unnamed) && given === null) {
    throw new FusiformError('IMAGERY_UNNAMED', 'The events do not say which face was imagined.');
  }
  return (face) => (face === unnamed ? (given ?? unnamed) : face);
}

function fromEncoding(
  { regions }: Decoded,
  pool: Candidates,
  named: (face: string) => string,
): ImageryIdentificationRow[] {
  return regions.flatMap(({ name, nVoxels, imagery }) =>
    imagery === null
      ? []
      : [
          row(pool, imagery, named(unnamed), {
            region: name,
            nVoxels,
            model: 'encoding',
            part: 'all',
            label: null,
          }),
        ],
  );
}

function fromTrials(
  { patterns }: ImageryPatterns,
  { regions, description }: Decoded,
  pool: Candidates,
  named: (face: string) => string,
): ImageryIdentificationRow[] {
  const { latentDim } = description;
  return regions.flatMap(({ name, nVoxels, test }) =>
    patterns.flatMap(({ kind, face, part, label }, at) =>
      kind === 'imagined'
        ? [
            row(pool, test.subarray(at * latentDim, (at + 1) * latentDim), named(face), {
              region: name,
              nVoxels,
              model: 'trials',
              part,
              label,
            }),
          ]
        : [],
    ),
  );
}

function row(
  pool: Candidates,
  code: Float32Array,
  imagined: string,
  about: Pick<ImageryIdentificationRow, 'region' | 'nVoxels' | 'model' | 'part' | 'label'>,
): ImageryIdentificationRow {
  const { beaten, pairwise, rank, p } = pool.identify(code, imagined);
  return { ...about, imagined, candidates: pool.count, beaten, pairwise, rank, p, q: null };
}

/** Families: the regions of one imagined face and model, from all trials; regions that leave another one out stand apart. */
function withQ(rows: readonly ImageryIdentificationRow[]): ImageryIdentificationRow[] {
  const isWithout = ({ region }: ImageryIdentificationRow) => region.startsWith('without-');
  const families = Map.groupBy(
    [...rows.keys()].filter((at) => rows[at].part === 'all'),
    (at) => `${rows[at].model} ${isWithout(rows[at])} ${rows[at].imagined}`,
  );
  const q = new Map<number, number>();
  for (const members of families.values()) {
    const adjusted = fdrAdjusted(members.map((at) => rows[at].p));
    members.forEach((at, place) => {
      q.set(at, adjusted[place]);
    });
  }
  return rows.map((identification, at) => ({ ...identification, q: q.get(at) ?? null }));
}

/** Several imagined faces together, region by region. */
function combined(rows: readonly ImageryIdentificationRow[]): ImageryResult['combined'] {
  const whole = rows.filter(({ part, model }) => part === 'all' && model === 'trials');
  return [...Map.groupBy(whole, ({ region }) => region).values()].flatMap((members) =>
    members.length < 2
      ? []
      : [
          {
            region: members[0].region,
            nVoxels: members[0].nVoxels,
            n: members.length,
            ...combineImagery(members, members[0].candidates),
          },
        ],
  );
}

/** What seen test faces reach against the candidates that each imagined face is told from. */
function ceilingsOf(
  rows: readonly ImageryIdentificationRow[],
  decoded: Decoded,
  trials: ImageryPatterns | null,
  trialsDecoded: Decoded | null,
  pool: Candidates,
  latents: Latents,
  file: string,
): SeenCeilingRow[] {
  const { latentDim } = latents;
  const whole = rows.filter(({ part }) => part === 'all');
  const ceilings: SeenCeilingRow[] = [];
  const add = (
    kind: SeenCeilingRow['trials'],
    { regions }: Decoded,
    seen: readonly { readonly face: string; readonly at: number }[],
  ) => {
    // A seen face that is a candidate itself would be its own distractor.
    const faces = seen.filter(({ face }) => !pool.has(face));
    if (faces.length === 0) return;
    const names = faces.map(({ face }) => face);
    const targets = pickCodes(latents, rowsOf(names, latents.files, file));
    const places = faces.map(({ at }) => at);
    for (const { name, nVoxels, test } of regions) {
      const codes = pickCodes({ codes: test, latentDim }, places);
      const model = kind === 'all' ? 'encoding' : 'trials';
      for (const identification of whole.filter((found) => found.region === name && found.model === model)) {
        const { imagined, pairwise: reached } = identification;
        const { pairwise, p } = seenCeiling(codes, targets, pool.without(imagined), latentDim);
        const transfer = transferOf(reached, pairwise);
        ceilings.push({
          region: name,
          nVoxels,
          imagined,
          trials: kind,
          n: faces.length,
          pairwise,
          p,
          transfer,
        });
      }
    }
  };
  add(
    'all',
    decoded,
    decoded.description.testFaces.map((face, at) => ({ face, at })),
  );
  if (trials && trialsDecoded) {
    const seen = trials.patterns.flatMap(({ kind, part, face }, at) =>
      kind === 'seen' && part === 'all' ? [{ face, at }] : [],
    );
    add('matched', trialsDecoded, seen);
  }
  return ceilings;
}

/** Codes from every other run against those from the others. */
function reliabilityOf({ patterns }: ImageryPatterns, { regions, description }: Decoded): ReliabilityRow[] {
  const { latentDim } = description;
  const halves = Map.groupBy(
    [...patterns.keys()].filter((at) => patterns[at].part === 'half'),
    (at) => `${patterns[at].kind} ${patterns[at].face}`,
  );
  const pairs = [...halves.values()].filter((members) => members.length === 2);
  return regions.flatMap(({ name, nVoxels, test }) =>
    (['imagined', 'seen'] as const).flatMap((kind) => {
      const found = pairs
        .filter(([first]) => patterns[first].kind === kind)
        .map(([one, other]) => {
          const codeAt = (at: number) => test.subarray(at * latentDim, (at + 1) * latentDim);
          return codeReliability(codeAt(one), codeAt(other));
        });
      return found.length === 0
        ? []
        : [
            {
              region: name,
              nVoxels,
              kind,
              n: found.length,
              r: mean(found.map(({ r }) => r)),
              spearmanBrown: mean(found.map(({ spearmanBrown }) => spearmanBrown)),
            },
          ];
    }),
  );
}

function metricsOf({
  subject,
  model,
  decoder,
  identifications,
  ceilings,
  reliability,
}: ImageryResult): Metric[] {
  const shared = { subject, model, decoder };
  return [
    ...identifications
      .filter(({ part }) => part === 'all')
      .map(({ region, imagined, model: source, pairwise, p, candidates }) => ({
        ...shared,
        name: `imagery of ${faceName(imagined)}${source === 'encoding' ? '' : ', own model'}`,
        definition: 'imagery-rank/1',
        region,
        value: pairwise,
        p,
        chance: 0.5,
        n: candidates,
      })),
    ...ceilings.map(({ region, imagined, trials, pairwise, p, n }) => ({
      ...shared,
      name: `seen faces as ${faceName(imagined)}, ${trials} trials`,
      definition: 'imagery-seen-ceiling/1',
      region,
      value: pairwise,
      p,
      chance: 0.5,
      n,
    })),
    ...reliability.map(({ region, kind, r, n }) => ({
      ...shared,
      name: `reliability of ${kind} faces`,
      definition: 'imagery-split-half/1',
      region,
      value: r,
      n,
    })),
  ];
}
