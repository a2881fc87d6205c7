import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { gatherImages, type ImageSet } from '../../generative/image-set.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { countActiveLatents, scoreReconstructions } from '../../generative/reconstruction-scores.ts';
import { Random } from '../../math/random.ts';
import { mean } from '../../math/statistics.ts';
import type { EvaluationRow } from './training-log.ts';

/** Columns of the picture: faces, random codes, and steps from one face to another. */
const pictured = 8;

interface LineToBeat {
  readonly ssim: number;
  readonly pixCorr: number;
  /** Reconstructions of the pictured faces, bytes. */
  readonly pictures: Uint8Array;
}

/** Judges a model in training by the same faces and the same random codes every time. */
export class Judge {
  readonly #faces: Uint8Array;
  readonly #size: number;
  readonly #prior: Float32Array;
  readonly #pca: LineToBeat | null;

  private constructor(faces: Uint8Array, size: number, prior: Float32Array, pca: LineToBeat | null) {
    this.#faces = faces;
    this.#size = size;
    this.#prior = prior;
    this.#pca = pca;
  }

  /**
   * @param faces none of them among the training faces.
   * @param pca fitted on the training faces; asked once.
   */
  static async create(faces: ImageSet, latentDim: number, seed: number, pca?: LatentModel): Promise<Judge> {
    const { size } = faces;
    const pixels = gatherImages(faces);
    const prior = new Float32Array(pictured * latentDim);
    new Random(seed).fork('codes in pictures').fillNormal(prior);
    if (pca === undefined) return new Judge(pixels, size, prior, null);
    const made = await pca.decode(await pca.encode(pixels));
    const scores = scoreReconstructions(pixels, made, size);
    const length = size * size * 3;
    return new Judge(pixels, size, prior, {
      ssim: mean(scores.map(({ ssim }) => ssim)),
      pixCorr: mean(scores.map(({ pixCorr }) => pixCorr)),
      pictures: toPixels(made.subarray(0, pictured * length)),
    });
  }

  async judge(model: LatentModel, step: number): Promise<{ row: EvaluationRow; grid: Uint8Array }> {
    const size = this.#size;
    const length = size * size * 3;
    const count = this.#faces.length / length;
    const codes = await model.encode(this.#faces);
    const made = await model.decode(codes);
    const scores = scoreReconstructions(this.#faces, made, size);
    const row: EvaluationRow = {
      step,
      faces: count,
      ssim: mean(scores.map(({ ssim }) => ssim)),
      pixCorr: mean(scores.map(({ pixCorr }) => pixCorr)),
      pcaSsim: this.#pca?.ssim ?? null,
      pcaPixCorr: this.#pca?.pixCorr ?? null,
      activeLatents: count > 1 ? countActiveLatents(codes, model.latentDim) : 0,
    };
    const rows = [
      this.#faces,
      toPixels(made.subarray(0, pictured * length)),
      ...(this.#pca === null ? [] : [this.#pca.pictures]),
      toPixels(await model.decode(this.#prior)),
      toPixels(await model.decode(interpolation(codes, model.latentDim))),
    ];
    const images = rows.flatMap((pixels) =>
      Array.from({ length: pictured }, (_, at) => {
        const image = pixels.subarray(at * length, (at + 1) * length);
        return image.length === length ? image : null;
      }),
    );
    const { pixels, width, height } = imageGrid(images, { width: size, height: size, columns: pictured });
    return { row, grid: await encodePng(pixels, width, height) };
  }
}

/** Codes on the straight line from the first face to the second. */
function interpolation(codes: Float32Array, latentDim: number): Float32Array {
  const last = codes.length / latentDim > 1 ? latentDim : 0;
  const between = new Float32Array(pictured * latentDim);
  for (let at = 0; at < pictured; at++) {
    const share = at / (pictured - 1);
    for (let d = 0; d < latentDim; d++) {
      between[at * latentDim + d] = (1 - share) * codes[d] + share * codes[last + d];
    }
  }
  return between;
}
