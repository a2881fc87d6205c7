import type { Command } from 'commander';
import { type FaceSetFacts, listFaceSets, showFaceSet } from '../../../services/face-sets.ts';
import { importFaces } from '../../../services/faces.ts';
import { fraction, positiveInteger, projectOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface ImportOptions {
  readonly project: string;
  readonly name: string;
  /** False for --no-labels. */
  readonly labels?: readonly string[] | false;
  readonly size: number;
  readonly crop: number;
  readonly dropDuplicates?: true;
}

export function addFacesCommands(program: Command, makeTerminal: MakeTerminal): void {
  const faces = program.command('faces').description('sets of face images');
  addImport(faces, makeTerminal);
  addList(faces, makeTerminal);
  addShow(faces, makeTerminal);
}

function addImport(faces: Command, makeTerminal: MakeTerminal): void {
  faces
    .command('import')
    .description('decode a folder of images (and its subfolders) into the project')
    .argument('<dir>', 'folder of images')
    .option(
      '--labels <file>',
      "labels: TSV or CSV with a column of image names, or CelebA's lists; may be repeated (default: CelebA's lists beside the images)",
      (file: string, previous: readonly string[] = []) => [...previous, file],
    )
    .option('--no-labels', 'do not look for labels')
    .option('--name <name>', 'name of the set in the project', 'faces')
    .option('--size <pixels>', 'width and height to keep', positiveInteger, 64)
    .option('--crop <share>', 'share of the centre square to keep (the paper: 0.8)', fraction, 0.8)
    .option('--drop-duplicates', 'leave out images whose pixels an earlier one has (default: keep and list)')
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Images that cannot be read and labels without an image are listed and left out.
Without labels, images that lie in different folders are labelled by their folder, as "folder".
A stopped import goes on where it was when the same command is run again.

Examples:
  fusiform faces import CelebA/Img/img_align_celeba --size 128 --name celeba -p study
  fusiform faces import portraits --labels labels.tsv --labels ratings.csv -p study
  fusiform faces import portraits --crop 1 --size 32 --name portraits -p study`,
    )
    .action((dir: string, options: ImportOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { labels } = options;
        const outcome = await importFaces(workspace, {
          dir,
          name: options.name,
          imageSize: options.size,
          crop: options.crop,
          dropDuplicates: options.dropDuplicates ?? false,
          labels: labels === false ? [] : Array.isArray(labels) ? labels : 'find',
        });
        terminal.outcome(outcome, ({ summary }) =>
          describeSet({ name: options.name, ...summary } as unknown as FaceSetFacts),
        );
      }),
    );
}

function addList(faces: Command, makeTerminal: MakeTerminal): void {
  faces
    .command('list')
    .description('list the face sets of a project')
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform faces list -p study')
    .action(async ({ project }: { project: string }) => {
      makeTerminal().result(await listFaceSets(project), (sets) =>
        sets.length === 0
          ? 'No face sets: begin with `fusiform faces import DIR`'
          : table([
              ['name', 'images', 'pixels', 'labels', 'source'],
              ...sets.map(({ name, count, imageSize, labels, source }) => [
                name,
                String(count),
                String(imageSize),
                String(labels.length),
                source ?? '',
              ]),
            ]),
      );
    });
}

function addShow(faces: Command, makeTerminal: MakeTerminal): void {
  faces
    .command('show')
    .description(
      'say what a face set holds: counts, the values of every label, and a sheet of some of its images',
    )
    .argument('[name]', 'name of the set', 'faces')
    .option('--sheet <file>', 'write a PNG of images spread over the set')
    .option('--images <n>', 'images on the sheet', positiveInteger, 64)
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
A label with more than 12 values is shown by the number of its values.

Examples:
  fusiform faces show celeba -p study
  fusiform faces show celeba --sheet celeba.png --images 100 -p study`,
    )
    .action(async (name: string, options: { project: string; sheet?: string; images: number }) => {
      const sheet = options.sheet === undefined ? undefined : { file: options.sheet, images: options.images };
      makeTerminal().result(await showFaceSet(options.project, name, sheet), (facts) =>
        [
          describeSet(facts),
          facts.values.length === 0
            ? ''
            : `\n${table([
                ['label', 'missing', 'values (images)'],
                ...facts.values.map(({ label, missing, distinct, counts }) => [
                  label,
                  String(missing),
                  counts
                    ? Object.entries(counts)
                        .map(([value, count]) => `${value} (${count})`)
                        .join(', ')
                    : `${distinct} different values`,
                ]),
              ])}`,
          facts.sheet ? `\nSheet: ${facts.sheet}` : '',
        ]
          .filter((part) => part !== '')
          .join('\n'),
      );
    });
}

function describeSet(facts: FaceSetFacts): string {
  const { name, count, imageSize, labels, labelTables, rejected, duplicates } = facts;
  const { sameFile, samePixels, near, dropped } = duplicates;
  const from = labelTables.map(({ file, matched }) => `${file} (${matched} images)`).join(', ');
  const shown =
    labels.length <= 8 ? labels.join(', ') : `${labels.slice(0, 8).join(', ')} and ${labels.length - 8} more`;
  return [
    `Face set "${name}": ${count} images of ${imageSize} x ${imageSize}`,
    `Labels: ${shown || 'none'}${from ? `; from ${from}` : ''}`,
    `Rejected: ${rejected}${rejected > 0 ? ' (rejected.tsv)' : ''}`,
    `Duplicates: ${sameFile} same file, ${samePixels} same pixels, ${near} near${
      sameFile + samePixels + near > 0 ? ` (duplicates.tsv); ${dropped} dropped` : ''
    }`,
  ].join('\n');
}
