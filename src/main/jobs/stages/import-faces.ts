import { hash } from 'node:crypto';
import { link, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { asReadError } from '../../formats/files/read.ts';
import { decodeFaceBytes } from '../../formats/image/decode.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { type LabelTable, readLabelTable } from '../../formats/labels/read.ts';
import { openNpyRows } from '../../formats/npy/rows.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { differenceHash } from '../../math/difference-hash.ts';
import { type GroupMember, groupDuplicates, type ImportedImage } from '../faces/duplicates.ts';
import { ImportJournal, type ImportRecord } from '../faces/import-journal.ts';
import { inOrder } from '../faces/in-order.ts';
import { type Manifest, readManifest } from '../faces/manifest.ts';
import { type Labels, labelsFromFolders, matchLabels } from '../faces/match-labels.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { faceSetFiles } from './face-set.ts';

/** Threads of Node's pool, on which images are decoded. */
const decodingThreads = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
/** Images in work at a time: enough to keep the threads busy, few enough to bound memory. */
const imagesAtOnce = 2 * decodingThreads;
/** Images between two checkpoints: some seconds of work. */
const imagesBetweenCheckpoints = 2048;
/** Problems that the result itself lists; `rejected.tsv` has all. */
const listedProblems = 1000;

const parameters = z.strictObject({
  imageSize: z.number().int().min(8).max(1024),
  /** Share of the centre square that is kept. Paper: 0.8. */
  crop: z.number().gt(0).max(1),
  /** Leave out images whose pixels an earlier one has. */
  dropDuplicates: z.boolean(),
  /** Tables of labels, inputs `labels0`, `labels1`...: a fault of one that the user gave ends the import. */
  labels: z.array(z.enum(['given', 'found'])),
});
type Parameters = z.output<typeof parameters>;

/**
 * Folder of images (input `images`), the list of its images (`manifest`), tables of labels -> pixels, names and labels,
 * duplicates, rejected files. A killed or cancelled import goes on where it was.
 */
export const importFacesStage = defineStage({
  name: 'import-faces',
  version: 3,
  parameters,
  async run(options, context) {
    const manifest = await readManifest(context.inputs.manifest);
    const files = manifest.files.map(([file]) => file);
    // Before the long work: labels that do not fit are refused at once.
    const labels = await readLabels(options, files, context);
    const { imageSize } = options;
    const journal = await ImportJournal.open(context.scratchDir, imageSize * imageSize * 3);
    try {
      await decodeRest(journal, manifest, options, context);
      await journal.finish(imageSize);
    } finally {
      await journal.close();
    }
    const refused = [...manifest.refused, ...rejectedBy(journal.records)];
    const images = importedImages(manifest, journal.records);
    const kept = images.filter(({ row }) => row !== null);
    const problems = refused.map((problem) => ({
      ...problem,
      file: join(context.inputs.images, problem.file ?? ''),
    }));
    if (kept.length === 0) {
      throw new FusiformError('FACES_NONE_READABLE', `None of the ${refused.length} images can be read.`, {
        file: context.inputs.images,
        details: { problems: problems.slice(0, listedProblems) },
      });
    }
    const groups = await findDuplicates(journal.pixelFile, images, context);
    const { outDir } = context;
    await place(journal.pixelFile, join(outDir, faceSetFiles.pixels));
    const positions = new Map(files.map((file, index) => [file, index]));
    await writeTsvFile(
      join(outDir, faceSetFiles.table),
      ['file', ...labels.columns],
      kept.map(({ file }) => [file, ...labels.row(positions.get(file) ?? -1)]),
    );
    await writeTsvFile(
      join(outDir, faceSetFiles.rejected),
      ['file', 'code', 'reason'],
      refused.map(({ file, code, message }) => [file, code, message]),
    );
    await writeTsvFile(join(outDir, faceSetFiles.duplicates), ...duplicatesTable(groups));
    const description = {
      count: kept.length,
      imageSize,
      crop: options.crop,
      labels: labels.columns,
      labelTables: labels.tables,
      rejected: refused.length,
      duplicates: countDuplicates(groups),
    };
    await writeJsonFile(join(outDir, faceSetFiles.description), description);
    return { summary: description, problems: [...labels.problems, ...problems].slice(0, listedProblems) };
  },
});

async function readLabels(
  { labels: origins }: Parameters,
  files: readonly string[],
  context: StageContext,
): Promise<Labels> {
  const tables: LabelTable[] = [];
  const problems: Problem[] = [];
  for (const [index, origin] of origins.entries()) {
    try {
      const table = await readLabelTable(context.inputs[`labels${index}`]);
      matchLabels([...tables, table], files);
      tables.push(table);
    } catch (error) {
      // A table that only happened to lie there is no reason to refuse the images.
      if (origin === 'given' || !(error instanceof FusiformError)) throw error;
      problems.push(error.toProblem());
    }
  }
  if (tables.length === 0) return { ...labelsFromFolders(files), problems };
  const labels = matchLabels(tables, files);
  return { ...labels, problems: [...problems, ...labels.problems] };
}

/** Decodes the images that the journal does not tell of yet. */
async function decodeRest(
  journal: ImportJournal,
  { files }: Manifest,
  { imageSize, crop, dropDuplicates }: Parameters,
  context: StageContext,
): Promise<void> {
  const seen = new Set(journal.records.map((record) => ('pixels' in record ? record.pixels : '')));
  const rest = files.slice(journal.records.length);
  const { images } = context.inputs;
  const results = inOrder(rest, imagesAtOnce, ([file, sha256]) =>
    decodeListed(images, file, sha256, imageSize, crop),
  );
  let done = journal.records.length;
  try {
    for await (const result of results) {
      if ('code' in result) {
        await journal.add({ kind: 'rejected', problem: result });
      } else {
        const pixels = hash('sha256', result, 'hex').slice(0, 32);
        const outline = differenceHash(result, imageSize);
        if (dropDuplicates && seen.has(pixels)) await journal.add({ kind: 'dropped', pixels, outline });
        else await journal.add({ kind: 'kept', pixels, outline }, result);
        seen.add(pixels);
      }
      done++;
      context.report({ done, total: files.length, unit: 'images' });
      if (context.signal.aborted || done % imagesBetweenCheckpoints === 0) {
        await journal.checkpoint();
        context.signal.throwIfAborted();
      }
    }
  } catch (error) {
    if (!context.signal.aborted) await journal.checkpoint();
    throw error;
  }
}

/** The pixels, or what is wrong with the image. */
async function decodeListed(
  folder: string,
  file: string,
  sha256: string,
  imageSize: number,
  crop: number,
): Promise<Uint8Array | Problem> {
  const path = join(folder, file);
  const bytes = await readFile(path).catch(async (error: unknown) => {
    throw await asReadError(error, path);
  });
  if (hash('sha256', bytes, 'hex') !== sha256) {
    throw new FusiformError('FILE_CHANGED', 'The file changed while the folder was imported.', {
      file: path,
    });
  }
  try {
    return await decodeFaceBytes(bytes, file, imageSize, { crop });
  } catch (error) {
    if (error instanceof FusiformError) return error.toProblem();
    throw error;
  }
}

function rejectedBy(records: readonly ImportRecord[]): Problem[] {
  return records.flatMap((record) => (record.kind === 'rejected' ? [record.problem] : []));
}

/** The images that could be read, with the rows of the set that they got. */
function importedImages({ files }: Manifest, records: readonly ImportRecord[]): ImportedImage[] {
  let row = 0;
  return records.flatMap((record, index) => {
    if (record.kind === 'rejected') return [];
    const [file, sha256] = files[index];
    const { pixels, outline } = record;
    return [{ file, sha256, pixels, outline, row: record.kind === 'kept' ? row++ : null }];
  });
}

async function findDuplicates(
  pixelFile: string,
  images: readonly ImportedImage[],
  context: StageContext,
): Promise<GroupMember[][]> {
  const rows = await openNpyRows(pixelFile);
  try {
    return await groupDuplicates(images, rows.row, async (compared) => {
      context.report({
        done: images.length,
        total: images.length,
        unit: 'images',
        note: `${compared} suspects compared`,
      });
      await nextTurn();
      context.signal.throwIfAborted();
    });
  } finally {
    rows.close();
  }
}

function duplicatesTable(groups: readonly GroupMember[][]): [string[], (string | number)[][]] {
  return [
    ['group', 'file', 'likeness', 'of', 'correlation', 'kept'],
    groups.flatMap((group, index) =>
      group.map(({ image, likeness, of, correlation }) => [
        index + 1,
        image.file,
        likeness,
        of?.file ?? 'n/a',
        likeness === 'first' ? 'n/a' : correlation.toFixed(4),
        image.row === null ? 'no' : 'yes',
      ]),
    ),
  ];
}

function countDuplicates(groups: readonly GroupMember[][]) {
  const members = groups.flat();
  const count = (test: (member: GroupMember) => boolean) => members.filter(test).length;
  return {
    groups: groups.length,
    sameFile: count(({ likeness }) => likeness === 'same file'),
    samePixels: count(({ likeness }) => likeness === 'same pixels'),
    near: count(({ likeness }) => likeness === 'near'),
    dropped: count(({ image }) => image.row === null),
  };
}

/** Gives a file a second name, so that an attempt that dies after this still finds it under the first. */
async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => rename(from, to));
}
