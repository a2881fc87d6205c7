import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { toPixels } from '../../formats/image/encode.ts';
import { readNpyFile, writeNpyFile } from '../../formats/npy/npy.ts';
import { type ImageSet, imageSetOf, imagesAtSize } from '../../generative/image-set.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { preparationSchema } from './encode-folder.ts';
import { type PicturePreparation, preparePicture } from './encode-pictures.ts';
import { type FaceSet, readFaceSet } from './face-set.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { type Latents, readCodes, readLatents, requireCodesOf, writeLatents } from './latents.ts';

const itemSchema = z.discriminatedUnion('kind', [
  /** A picture file: the input itself. */
  z.strictObject({ kind: z.literal('picture'), input: z.string(), name: z.string() }),
  /** A face of an imported set. */
  z.strictObject({ kind: z.literal('face'), input: z.string(), file: z.string() }),
  /** A row of a file of codes, counted from 1. */
  z.strictObject({ kind: z.literal('code'), input: z.string(), row: z.number().int().min(1) }),
]);

export type CodeItem = z.output<typeof itemSchema>;

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  preparation: preparationSchema,
  items: z.array(itemSchema).min(1),
});

const picturesFile = 'pictures.npy';

/** Codes with the pictures that they stand for: the originals, or what the model makes of a bare code. */
export interface PicturedCodes extends Latents {
  readonly pictures: ImageSet;
}

export async function readPicturedCodes(folder: string): Promise<PicturedCodes> {
  const latents = await readLatents(folder);
  const { shape, data } = await readNpyFile(join(folder, picturesFile));
  if (!(data instanceof Uint8Array)) throw new TypeError('Pictures are stored as uint8.');
  return { ...latents, pictures: imageSetOf(data, shape[1]) };
}

/**
 * Latent model (input `model`), and faces from anywhere (the inputs that the items name) -> their codes and pictures,
 * in the order of the items.
 */
export const collectCodesStage = defineStage({
  name: 'collect-codes',
  version: 2,
  parameters,
  async run({ engine: kind, preparation, items }, context) {
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { imageSize, latentDim } = model;
      const stride = imageSize * imageSize * 3;
      const codes = new Float32Array(items.length * latentDim);
      const pictures = new Uint8Array(items.length * stride);
      const sources = new Sources(model, fingerprint, preparation, context);
      for (const [at, item] of items.entries()) {
        context.signal.throwIfAborted();
        const { code, picture } = await sources.take(item);
        codes.set(code, at * latentDim);
        pictures.set(picture, at * stride);
        context.report({ done: at + 1, total: items.length, unit: 'faces' });
      }
      const files = items.map(nameOf);
      await writeLatents(context.outDir, { files, latentDim, codes, model: fingerprint });
      await writeNpyFile(join(context.outDir, picturesFile), {
        shape: [items.length, imageSize, imageSize, 3],
        data: pictures,
      });
      return { summary: { faces: items.length, latentDim } };
    } finally {
      model.dispose();
    }
  },
});

function nameOf(item: CodeItem): string {
  if (item.kind === 'picture') return item.name;
  return item.kind === 'face' ? item.file : `code ${item.row}`;
}

/** Sets and files of codes are read once, however many faces are taken from them. */
class Sources {
  readonly #model: LatentModel;
  readonly #fingerprint: string;
  readonly #preparation: PicturePreparation;
  readonly #inputs: StageContext['inputs'];
  readonly #sets = new Map<string, Promise<FaceSet>>();
  readonly #codes = new Map<string, Promise<Latents>>();

  constructor(
    model: LatentModel,
    fingerprint: string,
    preparation: PicturePreparation,
    { inputs }: Pick<StageContext, 'inputs'>,
  ) {
    this.#model = model;
    this.#fingerprint = fingerprint;
    this.#preparation = preparation;
    this.#inputs = inputs;
  }

  async take(item: CodeItem): Promise<{ code: Float32Array; picture: Uint8Array }> {
    const model = this.#model;
    if (item.kind === 'code') {
      const code = await this.#codeOf(item.input, item.row);
      return { code, picture: toPixels(await model.decode(code)) };
    }
    const picture =
      item.kind === 'picture'
        ? await preparePicture(this.#inputs[item.input], model.imageSize, this.#preparation)
        : await this.#faceOf(item.input, item.file);
    return { code: await model.encode(picture), picture };
  }

  async #codeOf(input: string, row: number): Promise<Float32Array> {
    const path = this.#inputs[input];
    const { latentDim } = this.#model;
    const latents = await remembered(this.#codes, input, () => readCodes(path, latentDim));
    requireCodesOf({ latentDim, fingerprint: this.#fingerprint }, latents, path);
    if (row > latents.files.length) {
      throw new FusiformError('FACE_UNKNOWN', `There is no row ${row} among ${latents.files.length} codes.`, {
        file: path,
      });
    }
    return latents.codes.slice((row - 1) * latentDim, row * latentDim);
  }

  async #faceOf(input: string, file: string): Promise<Uint8Array> {
    const path = this.#inputs[input];
    const set = await remembered(this.#sets, input, () => readFaceSet(path));
    return imagesAtSize(set.images, this.#model.imageSize).image(positionOf(set.files, file));
  }
}

/** A face is named by its path below the imported folder, by its bare file name, or by that without its ending. */
function positionOf(files: readonly string[], name: string): number {
  const exact = files.indexOf(name);
  if (exact >= 0) return exact;
  const bare = (file: string) => file.slice(file.lastIndexOf('/') + 1);
  for (const short of [bare, (file: string) => bare(file).replace(/\.[^.]*$/, '')]) {
    const found = [...files.keys()].filter((at) => short(files[at]) === name);
    if (found.length === 1) return found[0];
    if (found.length > 1) {
      throw new FusiformError(
        'FACE_UNKNOWN',
        `"${name}" is the name of ${found.length} faces of the set: ${found
          .slice(0, 3)
          .map((at) => files[at])
          .join(', ')}${found.length > 3 ? ', ...' : ''}.`,
      );
    }
  }
  throw new FusiformError(
    'FACE_UNKNOWN',
    `The set of ${files.length} faces has none named "${name}"; its names are such as "${files[0]}".`,
  );
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
