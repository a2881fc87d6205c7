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
  readonly generatorUpdated: boolean;
  readonly discriminatorUpdated: boolean;
}

/** Rows that a checkpoint keeps. */
const tailRows = 5000;
const columns = 11;

/** The last rows as `[rows, 11]`, float64, NaN for null: safetensors and npy hold numbers alone. */
export function historyToArray(history: readonly LossRow[]): NdArray<Float64Array> {
  const tail = history.slice(-tailRows);
  const data = Float64Array.from(
    tail.flatMap((row) => [
      row.step,
      row.phase === 'warmup' ? 0 : 1,
      row.learningRate,
      row.kl,
      row.pixel,
      row.similarity ?? Number.NaN,
      row.onReal ?? Number.NaN,
      row.onReconstruction ?? Number.NaN,
      row.onSample ?? Number.NaN,
      row.generatorUpdated ? 1 : 0,
      row.discriminatorUpdated ? 1 : 0,
    ]),
  );
  return { shape: [tail.length, columns], data };
}

export function historyFromArray({ shape, data }: NdArray): LossRow[] {
  const orNull = (value: number) => (Number.isNaN(value) ? null : value);
  return Array.from({ length: shape[0] }, (_, row) => {
    const [step, phase, learningRate, kl, pixel, similarity, onReal, onReconstruction, onSample, g, d] =
      data.subarray(row * columns, (row + 1) * columns);
    return {
      step,
      phase: phase === 0 ? 'warmup' : 'adversarial',
      learningRate,
      kl,
      pixel,
      similarity: orNull(similarity),
      onReal: orNull(onReal),
      onReconstruction: orNull(onReconstruction),
      onSample: orNull(onSample),
      generatorUpdated: g === 1,
      discriminatorUpdated: d === 1,
    };
  });
}

/** The losses of a row in a few words, for a progress line. */
export function describeLosses(row: LossRow): string {
  const shown = [`KL ${row.kl.toFixed(1)}`, `pixel ${row.pixel.toFixed(2)}`];
  if (row.similarity !== null) shown.push(`similarity ${row.similarity.toFixed(2)}`);
  if (row.onReal !== null) shown.push(`D real ${row.onReal.toFixed(2)}`);
  if (row.onReconstruction !== null) shown.push(`made ${row.onReconstruction.toFixed(2)}`);
  return `${row.phase === 'warmup' ? 'warm-up' : 'adversarial'}: ${shown.join(', ')}`;
}
