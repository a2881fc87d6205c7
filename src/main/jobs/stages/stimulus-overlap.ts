import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { type ImageSet, imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { findOverlaps, type NamedPictures, type Overlap } from '../faces/overlap.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { rowFinder } from './face-rows.ts';
import { type FaceSet, readFaceSet } from './face-set.ts';
import { splitFaces } from './held-out.ts';
import { readSubjectIndex } from './index-subject.ts';

const parameters = z.strictObject({
  /** Pictures that must be new, as files of the set or by their bare names; null for the subject's test faces. */
  tests: z.array(z.string()).min(1).nullable(),
  /** Of the set `others`: what was set aside when a model was trained on it, and counts as not learnt from. */
  heldOut: z.strictObject({ share: z.number(), seed: z.number().int() }).nullable(),
});

const overlapSchema = z.object({
  test: z.string(),
  other: z.string(),
  likeness: z.enum(['same file', 'same pixels', 'near', 'mirrored']),
  correlation: z.number(),
});
const resultSchema = z.object({
  tests: z.number().int(),
  others: z.number().int(),
  /** Tests of which there is no picture to compare. */
  notCompared: z.array(z.string()),
  overlaps: z.array(overlapSchema),
});
export type StimulusOverlap = z.output<typeof resultSchema>;

const fileName = 'overlap.json';
/** Pictures looked at between two reports. */
const picturesAtOnce = 512;

/**
 * Pictures that were shown (input `faces`) and who saw them (`subject`) -> pairs of a test picture and a training picture of that
 * subject that are the same or nearly so. With the face set `others`: pairs with the pictures of that set instead.
 */
export const stimulusOverlapStage = defineStage({
  name: 'stimulus-overlap',
  version: 1,
  parameters,
  async run({ tests: named, heldOut }, context) {
    const { inputs } = context;
    const shown = await readFaceSet(inputs.faces);
    const index = inputs.subject === undefined ? null : await readSubjectIndex(inputs.subject);
    const names = named ?? index?.testFaces.map(({ stimFile }) => stimFile) ?? [];
    const rowOf = rowFinder(shown.files);
    const found = names.filter((name) => rowOf(name) !== undefined);
    const tests = pick(
      shown,
      Uint32Array.from(found, (name) => rowOf(name) ?? 0),
    );
    const others =
      inputs.others === undefined
        ? ofFiles(shown, index?.trainFaces ?? [])
        : await ofSet(inputs.others, heldOut, shown.images.size);
    const overlaps = await compare(tests, others, inputs.others === undefined, context);
    const result: StimulusOverlap = {
      tests: names.length,
      others: others.files.length,
      notCompared: names.filter((name) => rowOf(name) === undefined),
      overlaps,
    };
    await writeJsonFile(join(context.outDir, fileName), result);
    await writeTsvFile(
      join(context.outDir, 'overlap.tsv'),
      ['test', 'other', 'likeness', 'correlation'],
      overlaps.map(({ test, other, likeness, correlation }) => [test, other, likeness, correlation]),
    );
    return { summary: { tests: result.tests, others: result.others, overlaps: overlaps.length } };
  },
});

export async function readStimulusOverlap(folder: string): Promise<StimulusOverlap> {
  return resultSchema.parse(await readJsonFile(join(folder, fileName)));
}

async function compare(
  tests: NamedPictures,
  others: NamedPictures,
  sameFolder: boolean,
  { signal, report }: StageContext,
): Promise<Overlap[]> {
  const overlaps: Overlap[] = [];
  const total = others.files.length;
  for (let from = 0; from < total; from += picturesAtOnce) {
    const to = Math.min(total, from + picturesAtOnce);
    const part: NamedPictures = {
      files: others.files.slice(from, to),
      images: selectImages(
        others.images,
        Uint32Array.from({ length: to - from }, (_, at) => from + at),
      ),
    };
    overlaps.push(...findOverlaps(tests, part, sameFolder));
    report({ done: to, total, unit: 'pictures' });
    await nextTurn();
    signal.throwIfAborted();
  }
  return overlaps;
}

function ofFiles(set: FaceSet, names: readonly string[]): NamedPictures {
  const rows = new Map(set.files.map((file, row) => [file, row]));
  const known = names.flatMap((name) => rows.get(name) ?? []);
  return pick(set, Uint32Array.from(known));
}

function pick({ files, images }: { files: readonly string[]; images: ImageSet }, rows: Uint32Array) {
  return { files: Array.from(rows, (row) => files[row]), images: selectImages(images, rows) };
}

async function ofSet(
  folder: string,
  heldOut: z.output<typeof parameters>['heldOut'],
  size: number,
): Promise<NamedPictures> {
  const { files, images } = await readFaceSet(folder);
  const sized = { files, images: imagesAtSize(images, size) };
  return heldOut === null
    ? sized
    : pick(sized, splitFaces(files.length, heldOut.share, heldOut.seed).training);
}
