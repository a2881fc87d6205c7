import { Random } from '../../math/random.ts';
import type { ImageSet } from '../latent-model.ts';
import { drawFace, drawView, varies } from './augmentation.ts';
import type { VaeGanConfig } from './config.ts';

/** What one step is fed. */
export interface Batch {
  /** Which faces, `[batchSize]`. */
  readonly faces: Uint32Array;
  /** `[batchSize, S, S, 3]` in the network's pixel range. */
  readonly images: Float32Array;
  /** Standard normal, `[batchSize, latentDim]`: the draw from the posterior. */
  readonly noise: Float32Array;
  /** Standard normal, `[batchSize, latentDim]`: codes of images that nobody has. */
  readonly prior: Float32Array;
}

/**
 * The batches of a training, each from the seed and the number of its step alone: a training that is resumed
 * goes on with the same numbers. Faces come in a new random order every epoch; a last incomplete batch is
 * left out (a set smaller than a batch is repeated).
 */
export class BatchSource {
  readonly #faces: ImageSet;
  readonly #config: VaeGanConfig;
  readonly #random: Random;
  readonly #stepsAnEpoch: number;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array(0);

  constructor(faces: ImageSet, config: VaeGanConfig, seed: number) {
    this.#faces = faces;
    this.#config = config;
    this.#random = new Random(seed).fork('vaegan batches');
    this.#stepsAnEpoch = Math.max(1, Math.floor(faces.count / config.schedule.batchSize));
  }

  batch(step: number): Batch {
    const { schedule, latentDim } = this.#config;
    const random = this.#random.fork(step);
    const normals = (label: string) => {
      const values = new Float32Array(schedule.batchSize * latentDim);
      random.fork(label).fillNormal(values);
      return values;
    };
    const faces = this.#facesOf(step);
    return {
      faces,
      images: varies(schedule)
        ? this.#views(faces, random.fork('views'))
        : this.#images(faces, schedule.horizontalFlips ? random.fork('flips') : null),
      noise: normals('noise'),
      prior: normals('prior'),
    };
  }

  #facesOf(step: number): Uint32Array {
    const { batchSize } = this.#config.schedule;
    const epoch = Math.floor(step / this.#stepsAnEpoch);
    if (epoch !== this.#epoch) {
      this.#order = this.#random.fork('order').fork(epoch).permutation(this.#faces.count);
      this.#epoch = epoch;
    }
    const first = (step % this.#stepsAnEpoch) * batchSize;
    return Uint32Array.from({ length: batchSize }, (_, at) => this.#order[(first + at) % this.#order.length]);
  }

  #images(faces: Uint32Array, flips: Random | null): Float32Array {
    const { size } = this.#faces;
    const length = size * size * 3;
    const images = new Float32Array(faces.length * length);
    const toRange = byteToRange(this.#config);
    faces.forEach((face, at) => {
      const from = this.#faces.image(face);
      const to = images.subarray(at * length, (at + 1) * length);
      if (flips !== null && flips.uniform() < 0.5) copyMirrored(from, to, size, toRange);
      else for (let i = 0; i < length; i++) to[i] = toRange[from[i]];
    });
    return images;
  }

  #views(faces: Uint32Array, random: Random): Float32Array {
    const { size } = this.#faces;
    const { schedule, pixelRange } = this.#config;
    const length = size * size * 3;
    const images = new Float32Array(faces.length * length);
    faces.forEach((face, at) => {
      const to = images.subarray(at * length, (at + 1) * length);
      drawFace(this.#faces.image(face), to, size, drawView(schedule, size, random), pixelRange);
    });
    return images;
  }
}

/** The network's value of each byte. */
export function byteToRange({ pixelRange: [low, high] }: VaeGanConfig): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => low + ((high - low) * byte) / 255);
}

function copyMirrored(from: Uint8Array, to: Float32Array, size: number, toRange: Float32Array): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const source = (y * size + x) * 3;
      const target = (y * size + size - 1 - x) * 3;
      for (let c = 0; c < 3; c++) to[target + c] = toRange[from[source + c]];
    }
  }
}
