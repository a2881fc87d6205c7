import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { EngineKind } from '../engine/engine.ts';
import { copyFileAtomic } from '../formats/files/atomic-write.ts';
import { hashFile } from '../formats/files/read.ts';
import { readJsonFile } from '../formats/json/json.ts';
import { writeMatFile } from '../formats/mat/level5-write.ts';
import { decodedMat, decodeLatentsStage } from '../jobs/stages/decode-latents.ts';
import { encodeStage } from '../jobs/stages/encode.ts';
import { encodeFolderStage } from '../jobs/stages/encode-folder.ts';
import type { PicturePreparation } from '../jobs/stages/encode-pictures.ts';
import { faceSetFiles } from '../jobs/stages/face-set.ts';
import { latentsFiles, readLatents, writeLatentsTable } from '../jobs/stages/latents.ts';
import { codesForMat } from '../jobs/stages/latents-mat.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { jobInputs } from '../store/jobs.ts';
import { listImages } from './image-listing.ts';
import { describeModel } from './models.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

/** The code of every face of a set, kept as latents "<model>/<faces>". */
export function encodeFaces(
  workspace: Workspace,
  request: { model: string; faces: string; engine: EngineKind },
): Promise<StageOutcome> {
  return workspace.run({
    stage: encodeStage,
    label: `encode "${request.faces}" by "${request.model}"`,
    parameters: { engine: request.engine },
    inputs: {
      model: workspace.entry('model', request.model),
      faces: workspace.entry('faces', request.faces),
    },
    entry: { kind: 'latents', name: latentsName(request.model, request.faces) },
  });
}

export function latentsName(model: string, faces: string): string {
  return `${model}/${faces}`;
}

export { writeLatentsTable };

export interface EncodeImagesRequest {
  readonly model: string;
  /** A folder of pictures, or one picture. */
  readonly images: string;
  readonly engine: EngineKind;
  /** Share of the centre square that is kept; default as the model's training faces were cropped. */
  readonly crop?: number;
  /** Name for the codes in the project, as "<model>/<name>"; default none. */
  readonly name?: string;
}

/** The codes of pictures that are no face set of the project; those that cannot be read are listed. */
export async function encodeImages(
  workspace: Workspace,
  request: EncodeImagesRequest,
): Promise<StageOutcome> {
  const { model, engine, name } = request;
  const listed = await listPictures(workspace, request.images);
  const preparation = await picturePreparation(workspace, model, request.crop);
  const outcome = await workspace.run({
    stage: encodeFolderStage,
    label: `encode ${request.images} by "${model}"`,
    parameters: { engine, preparation, files: listed.files },
    inputs: { model: workspace.entry('model', model), images: listed.input },
    ...(name === undefined
      ? {}
      : {
          entry: {
            kind: 'latents',
            name: latentsName(model, name),
            source: resolve(request.images),
          } as const,
        }),
  });
  return { ...outcome, problems: [...listed.problems, ...outcome.problems] };
}

async function listPictures(workspace: Workspace, path: string) {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (!isFile) return listImages(workspace, { dir: path });
  const hash = await rememberedHash(workspace.store.sql, resolve(path));
  return { files: [basename(path)], input: { path: dirname(resolve(path)), hash }, problems: [] };
}

/** The authors' share of the centre square. */
const defaultCrop = 0.8;
const trainingFacesSchema = z.object({ crop: z.number(), imageSize: z.number().int() });

/** How pictures are prepared for a model: as its training faces were, where the project still holds them. */
export async function picturePreparation(
  workspace: Workspace,
  modelName: string,
  crop?: number,
): Promise<PicturePreparation> {
  const { imageSize } = await describeModel(workspace, modelName);
  const { faces } = jobInputs(workspace.store.sql, workspace.entry('model', modelName).key);
  const path = join(workspace.store.artifactsDir, faces ?? '', faceSetFiles.description);
  const known =
    faces === undefined
      ? undefined
      : trainingFacesSchema.safeParse(await readJsonFile(path).catch(() => undefined)).data;
  return {
    crop: crop ?? known?.crop ?? defaultCrop,
    importSize: known?.imageSize ?? imageSize,
  };
}

/**
 * Writes codes as a MATLAB file, with the variable `latent` of the published scripts.
 *
 * @param folder of the codes: where the outcome of encoding lies.
 * @throws FusiformError MAT_TOO_LARGE, DISK_FULL, WRITE_FAILED
 */
export async function exportCodesAsMat(folder: string, path: string): Promise<void> {
  await writeMatFile(path, codesForMat(await readLatents(folder)));
}

export interface DecodeLatentsRequest {
  readonly model: string;
  /** See `codesInput`. */
  readonly latents: string;
  readonly engine: EngineKind;
  /** Where the images also go as a MATLAB file, with the variable `images` of the published scripts. */
  readonly mat?: string;
}

/** Images of latents: those that the project holds under a name, or those of a file. */
export async function decodeLatents(
  workspace: Workspace,
  { model, latents, engine, mat }: DecodeLatentsRequest,
): Promise<StageOutcome> {
  const outcome = await workspace.run({
    stage: decodeLatentsStage,
    label: `decode latents "${latents}"`,
    parameters: { engine, ...(mat === undefined ? {} : { mat: true }) },
    inputs: { model: workspace.entry('model', model), latents: await codesInput(workspace, latents) },
  });
  if (mat !== undefined) await copyFileAtomic(join(outcome.path, decodedMat), mat);
  return outcome;
}

/** Files of codes are told from the names of latents by their ending. */
const codeFile = /\.(npy|mat)$/i;

/**
 * Codes by the name of the project's latents ("vaegan/faces"), or by a path: an `.npy` or `.mat` file, or a folder
 * that `encode` wrote.
 *
 * @throws FusiformError NAME_UNKNOWN, FILE_NOT_FOUND
 */
export async function codesInput(workspace: Workspace, nameOrPath: string): Promise<Input> {
  if (codeFile.test(nameOrPath)) {
    const beside = join(dirname(nameOrPath), latentsFiles.description);
    return { path: resolve(nameOrPath), hash: await hashTogether([nameOrPath, beside]) };
  }
  if (workspace.entries('latents').some(({ name }) => name === nameOrPath)) {
    return workspace.entry('latents', nameOrPath);
  }
  const inside = Object.values(latentsFiles).map((file) => join(nameOrPath, file));
  if (existsSync(inside[0])) {
    return { path: resolve(nameOrPath), hash: await hashTogether(inside) };
  }
  // The refusal lists the names that there are.
  return workspace.entry('latents', nameOrPath);
}

/** Of files that belong together; only the first has to be there. */
async function hashTogether(paths: readonly string[]): Promise<string> {
  const content = createHash('sha256');
  for (const [at, path] of paths.entries()) {
    content.update(at === 0 || existsSync(path) ? await hashFile(path) : 'none');
  }
  return content.digest('hex');
}

/** Whether a text names a file of codes. */
export function isCodeFile(text: string): boolean {
  return codeFile.test(text);
}
