import type { NdArray } from '../../math/nd-array.ts';

export type Phase = 'warmup' | 'adversarial';

/** What one step cost. Losses are unweighted; what the phase does not compute is null. */
export interface LossRow {
  /** Steps done, this one included. */
  readonly step: number;
  readonly phase: Phase;
  /** Learning rate of encoder and generator. */
  readonly learningRate: number;
  /** KL divergence of the posteriors from the prior, nats an image. */
  readonly kl: number;
  /** Half the sum of squared pixel errors an image, in the network's pixel range. */
  readonly pixel: number;
  /** Half the sum of squared differences of the discriminator's features an image. */
  readonly similarity: number | null;
  /** The discriminator's loss on faces, reconstructions and images of random codes; ln 2 where it cannot tell. */
  readonly onReal: number | null;
  readonly onReconstruction: number | null;
  readonly onSample: number | null;
  /** Share of images that the discriminator put on the right side: mean of that of faces and that of made ones. */
  readonly accuracy: number | null;
  readonly generatorUpdated: boolean;
  readonly discriminatorUpdated: boolean;
  /** Faces that went through the networks at a time; less than the batch where memory was short. */
  readonly microBatch: number;
}

/** The columns of a history, in the order in which they are written. */
export const lossColumns = [
  'step',
  'phase',
  'learningRate',
  'kl',
  'pixel',
  'similarity',
  'onReal',
  'onReconstruction',
  'onSample',
  'accuracy',
  'generatorUpdated',
  'discriminatorUpdated',
  'microBatch',
] as const satisfies readonly (keyof LossRow)[];

/** Rows that a checkpoint keeps. */
const tailRows = 5000;

/** The last rows as `[rows, 13]`, float64, NaN for null: safetensors and npy hold numbers alone. */
export function historyToArray(history: readonly LossRow[]): NdArray<Float64Array> {
  const tail = history.slice(-tailRows);
  const data = Float64Array.from(
    tail.flatMap((row) =>
      lossColumns.map((column) => {
        const value = row[column];
        if (value === null) return Number.NaN;
        return typeof value === 'string' ? Number(value === 'adversarial') : Number(value);
      }),
    ),
  );
  return { shape: [tail.length, lossColumns.length], data };
}

export function historyFromArray({ shape, data }: NdArray): LossRow[] {
  return Array.from({ length: shape[0] }, (_, row) => {
    const from = row * lossColumns.length;
    const number = (column: (typeof lossColumns)[number]) => data[from + lossColumns.indexOf(column)];
    const orNull = (column: (typeof lossColumns)[number]) => nullForNaN(number(column));
    return {
      step: number('step'),
      phase: number('phase') === 0 ? 'warmup' : 'adversarial',
      learningRate: number('learningRate'),
      kl: number('kl'),
      pixel: number('pixel'),
      similarity: orNull('similarity'),
      onReal: orNull('onReal'),
      onReconstruction: orNull('onReconstruction'),
      onSample: orNull('onSample'),
      accuracy: orNull('accuracy'),
      generatorUpdated: number('generatorUpdated') === 1,
      discriminatorUpdated: number('discriminatorUpdated') === 1,
      microBatch: number('microBatch'),
    };
  });
}

/** A row from the cells of a table; numbers written in full come back to the last bit, `n/a` as null. */
export function lossRowOfCells(cells: Readonly<Record<string, string | undefined>>): LossRow {
  const number = (column: (typeof lossColumns)[number]) => Number(cells[column]);
  const orNull = (column: (typeof lossColumns)[number]) => nullForNaN(number(column));
  return {
    step: number('step'),
    phase: cells.phase === 'warmup' ? 'warmup' : 'adversarial',
    learningRate: number('learningRate'),
    kl: number('kl'),
    pixel: number('pixel'),
    similarity: orNull('similarity'),
    onReal: orNull('onReal'),
    onReconstruction: orNull('onReconstruction'),
    onSample: orNull('onSample'),
    accuracy: orNull('accuracy'),
    generatorUpdated: cells.generatorUpdated === 'true',
    discriminatorUpdated: cells.discriminatorUpdated === 'true',
    microBatch: number('microBatch'),
  };
}

function nullForNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The losses of a row in a few words, for a progress line. */
export function describeLosses(row: LossRow): string {
  const shown = [`KL ${row.kl.toFixed(1)}`, `pixel ${row.pixel.toFixed(2)}`];
  if (row.similarity !== null) shown.push(`similarity ${row.similarity.toFixed(2)}`);
  if (row.onReal !== null) shown.push(`D real ${row.onReal.toFixed(2)}`);
  if (row.onReconstruction !== null) shown.push(`made ${row.onReconstruction.toFixed(2)}`);
  if (row.accuracy !== null) shown.push(`accuracy ${row.accuracy.toFixed(2)}`);
  return `${row.phase === 'warmup' ? 'warm-up' : 'adversarial'}: ${shown.join(', ')}`;
}
