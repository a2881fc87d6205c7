import { FusiformError } from '../../../shared/errors.ts';
import type { FeatureScores } from '../../../shared/evaluation.ts';
import { featureCorrelations } from '../../decoding/feature-identification.ts';
import type { Engine } from '../../engine/engine.ts';
import { loadDiscriminator } from '../../generative/vaegan/discriminator.ts';
import { resizeBilinear } from '../../math/resize-bilinear.ts';
import { readModelDescription, readModelWeights } from '../stages/latent-model-files.ts';
import { type Judging, scoreLikeness } from './code-scores.ts';
import { type OnnxOptions, openOnnxNetwork } from './onnx-network.ts';

/** Pictures of the same faces, [nFaces, size, size, 3], 0..1. */
export interface PicturesToCompare {
  readonly original: Float32Array;
  readonly decoded: Float32Array;
  readonly own: Float32Array;
  readonly size: number;
}

/** Features of one layer, by picture. */
interface LayerFeatures {
  readonly layer: string;
  readonly of: Readonly<Record<'original' | 'decoded' | 'own', Float32Array>>;
}

const kinds = ['original', 'decoded', 'own'] as const;

/**
 * Two-way identification in the features of a VAE-GAN's discriminator, layer by layer. Where the model has none, one row that
 * says so.
 *
 * @param network the name of the model whose discriminator it is @param folder the model
 */
export async function scoreByDiscriminator(
  engine: Engine,
  network: string,
  folder: string,
  pictures: PicturesToCompare,
  judging: Judging,
): Promise<FeatureScores[]> {
  const n = pictures.original.length / (pictures.size * pictures.size * 3);
  const none = (reason: string): FeatureScores[] => {
    const missing = { value: null, n, reason };
    return [{ network, layer: 'discriminator', nFeatures: 0, decoded: missing, own: missing }];
  };
  const description = await readModelDescription(folder);
  if (description.kind !== 'vaegan') {
    return none(
      'This model has no discriminator; another one may look at its pictures (--features-discriminator).',
    );
  }
  const { config } = description;
  const weights = await readModelWeights(folder);
  if (!Object.keys(weights).some((name) => name.startsWith('discriminator/'))) {
    return none('The model was stored without its discriminator.');
  }
  const discriminator = loadDiscriminator(engine, config, weights);
  try {
    const { size } = pictures;
    const made = { original: [], decoded: [], own: [] } as Record<(typeof kinds)[number], Float32Array[]>;
    for (const kind of kinds) {
      const seen = resizeBilinear(pictures[kind], [size, size], [config.imageSize, config.imageSize]);
      made[kind] = await discriminator.features(seen, config.imageSize);
    }
    const layers = discriminator.layers.map(
      ({ name }, at): LayerFeatures => ({
        layer: name,
        of: { original: made.original[at], decoded: made.decoded[at], own: made.own[at] },
      }),
    );
    return await scoreLayers(engine, network, layers, n, judging);
  } finally {
    discriminator.dispose();
  }
}

/** The same in a layer of an ONNX model. @param network its name @throws FusiformError as `openOnnxNetwork` */
export async function scoreByOnnx(
  engine: Engine,
  network: string,
  file: string,
  options: OnnxOptions,
  pictures: PicturesToCompare,
  judging: Judging,
): Promise<FeatureScores[]> {
  const { size } = pictures;
  const n = pictures.original.length / (size * size * 3);
  const model = await openOnnxNetwork(file, options);
  try {
    const of = {
      original: await model.features(pictures.original, size),
      decoded: await model.features(pictures.decoded, size),
      own: await model.features(pictures.own, size),
    };
    if (of.original.length < 2 * n) {
      throw new FusiformError(
        'ONNX_LAYER',
        `"${model.layer}" makes one number of a picture: nothing to correlate.`,
        { file },
      );
    }
    return await scoreLayers(engine, network, [{ layer: model.layer, of }], n, judging);
  } finally {
    await model.close();
  }
}

async function scoreLayers(
  engine: Engine,
  network: string,
  layers: readonly LayerFeatures[],
  n: number,
  judging: Judging,
): Promise<FeatureScores[]> {
  const scores: FeatureScores[] = [];
  for (const { layer, of } of layers) {
    const nFeatures = of.original.length / n;
    const score = async (kind: 'decoded' | 'own') =>
      scoreLikeness(await featureCorrelations(engine, of.original, of[kind], nFeatures), judging);
    scores.push({ network, layer, nFeatures, decoded: await score('decoded'), own: await score('own') });
  }
  return scores;
}
