import { identifyByFeatures } from '../../src/main/decoding/feature-identification.ts';
import { missedVariance, perceptualDistance } from '../../src/main/decoding/feature-similarity.ts';
import type { Engine } from '../../src/main/engine/engine.ts';
import { chunks } from '../../src/main/generative/chunks.ts';
import { type FeatureNetwork, featureCount } from '../../src/main/generative/feature-network.ts';
import { gatherImages, type ImageSet } from '../../src/main/generative/image-set.ts';
import type { LatentModel } from '../../src/main/generative/latent-model.ts';
import { bootstrapInterval } from '../../src/main/math/bootstrap.ts';
import { pixCorr, ssim } from '../../src/main/math/image-similarity.ts';
import { Random } from '../../src/main/math/random.ts';
import { mean } from '../../src/main/math/statistics.ts';

/** A network, and which of its layers are looked at how. */
export interface Eye {
  readonly name: string;
  readonly network: FeatureNetwork;
  /** Layers whose features, end to end, stand for a face: missed variance and identification. */
  readonly code: readonly number[];
  /** Layers whose perceptual distances are added up. */
  readonly spatial: readonly number[];
}

/** A measure of every held-out face's reconstruction, by model. */
export interface Measure {
  readonly name: string;
  readonly eye: string;
  readonly better: 'lower' | 'higher';
  readonly perFace: Readonly<Record<string, readonly number[]>>;
}

export interface Comparison {
  readonly name: string;
  readonly eye: string;
  readonly better: 'lower' | 'higher';
  readonly means: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  /** First model less second: mean over the faces, and its percentile interval when faces are drawn anew. */
  readonly difference: number;
  readonly differenceInterval: readonly [number, number];
  /** Whether the first model is better beyond the interval. */
  readonly firstIsBetter: boolean;
}

/** Faces whose features are held at once. */
const facesAtOnce = 64;

/** Judges reconstructions of the same faces by several models with the pixels' and each network's eye. */
export async function measureReconstructions(
  engine: Engine,
  faces: ImageSet,
  models: Readonly<Record<string, LatentModel>>,
  eyes: readonly Eye[],
): Promise<Measure[]> {
  const names = Object.keys(models);
  const stride = faces.size ** 2 * 3;
  const originals = Float32Array.from(gatherImages(faces), (byte) => byte / 255);
  const made: Record<string, Float32Array> = {};
  for (const name of names)
    made[name] = await models[name].decode(await models[name].encode(gatherImages(faces)));
  const imageOf = (images: Float32Array, at: number) => images.subarray(at * stride, (at + 1) * stride);
  const eachFace = (judge: (original: Float32Array, remade: Float32Array) => number) =>
    byModel(names, (name) =>
      Array.from({ length: faces.count }, (_, at) => judge(imageOf(originals, at), imageOf(made[name], at))),
    );
  const measures: Measure[] = [
    {
      name: 'SSIM',
      eye: 'pixels',
      better: 'higher',
      perFace: eachFace((a, b) => ssim(a, b, faces.size, faces.size, 3)),
    },
    { name: 'PixCorr', eye: 'pixels', better: 'higher', perFace: eachFace(pixCorr) },
    {
      name: 'missed variance',
      eye: 'pixels',
      better: 'lower',
      perFace: byModel(names, (name) => Array.from(missedVariance(originals, made[name], stride))),
    },
  ];
  for (const eye of eyes) measures.push(...(await throughEye(engine, eye, faces.size, originals, made)));
  return measures;
}

async function throughEye(
  engine: Engine,
  { name: eye, network, code, spatial }: Eye,
  size: number,
  originals: Float32Array,
  made: Readonly<Record<string, Float32Array>>,
): Promise<Measure[]> {
  const names = Object.keys(made);
  const stride = size ** 2 * 3;
  const count = originals.length / stride;
  const width = code.reduce((sum, at) => sum + featureCount(network.layers[at]), 0);
  const codes: Record<string, Float32Array> = byModel(['', ...names], () => new Float32Array(count * width));
  const distances = byModel(names, () => new Array<number>(count).fill(0));
  for (const [from, to] of chunks(count, facesAtOnce)) {
    const look = async (images: Float32Array, name: string) => {
      const features = await network.features(images.slice(from * stride, to * stride), size);
      keepCodes(codes[name], network, code, features, from);
      return features;
    };
    const seen = await look(originals, '');
    for (const name of names) {
      const remade = await look(made[name], name);
      for (const at of spatial) {
        const { height, width: columns, channels } = network.layers[at];
        perceptualDistance(seen[at], remade[at], height * columns, channels).forEach((distance, face) => {
          distances[name][from + face] += distance;
        });
      }
    }
  }
  const identified: Record<string, Float64Array> = {};
  for (const name of names)
    identified[name] = await identifyByFeatures(engine, codes[''], codes[name], width);
  return [
    {
      name: 'missed variance',
      eye,
      better: 'lower',
      perFace: byModel(names, (name) => Array.from(missedVariance(codes[''], codes[name], width))),
    },
    { name: 'perceptual distance', eye, better: 'lower', perFace: distances },
    {
      name: 'two-way identification',
      eye,
      better: 'higher',
      perFace: byModel(names, (name) => Array.from(identified[name])),
    },
    {
      name: `identified among ${count}`,
      eye,
      better: 'higher',
      perFace: byModel(names, (name) => Array.from(identified[name], (share) => (share === 1 ? 1 : 0))),
    },
  ];
}

/** The features of some layers end to end, a row a face. */
function keepCodes(
  codes: Float32Array,
  { layers }: FeatureNetwork,
  kept: readonly number[],
  features: readonly Float32Array[],
  firstFace: number,
): void {
  const lengths = kept.map((at) => featureCount(layers[at]));
  const width = lengths.reduce((sum, length) => sum + length, 0);
  let offset = 0;
  kept.forEach((at, which) => {
    const length = lengths[which];
    for (let face = 0; face * length < features[at].length; face++) {
      const row = features[at].subarray(face * length, (face + 1) * length);
      codes.set(row, (firstFace + face) * width + offset);
    }
    offset += length;
  });
}

function byModel<Value>(names: readonly string[], make: (name: string) => Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

/** Means with 95 % intervals over faces, and the paired difference of two models. */
export function compare(measure: Measure, first: string, second: string, seed: number): Comparison {
  const { name, eye, better, perFace } = measure;
  const random = new Random(seed).fork(`${eye} ${name}`);
  const interval = (values: readonly number[], label: string) =>
    bootstrapInterval(values, { random: random.fork(label), nSamples: 2000 });
  const difference = perFace[first].map((value, face) => value - perFace[second][face]);
  const differenceInterval = interval(difference, 'difference');
  return {
    name,
    eye,
    better,
    means: { [first]: mean(perFace[first]), [second]: mean(perFace[second]) },
    intervals: { [first]: interval(perFace[first], first), [second]: interval(perFace[second], second) },
    difference: mean(difference),
    differenceInterval,
    firstIsBetter: better === 'lower' ? differenceInterval[1] < 0 : differenceInterval[0] > 0,
  };
}
