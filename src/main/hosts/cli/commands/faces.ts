import type { Command } from 'commander';
import { importFaces } from '../../../services/faces.ts';
import { fraction, positiveInteger, projectOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface ImportOptions {
  readonly project: string;
  readonly name: string;
  readonly labels?: string;
  readonly size: number;
  readonly crop: number;
}

export function addFacesCommands(program: Command, makeTerminal: MakeTerminal): void {
  const faces = program.command('faces').description('sets of face images');

  faces
    .command('import')
    .description('decode a folder of images (and its subfolders) into the project')
    .argument('<dir>', 'folder of images')
    .option('--labels <file>', 'TSV or CSV: a column of image names, the others labels')
    .option('--name <name>', 'name of the set in the project', 'faces')
    .option('--size <pixels>', 'width and height to keep', positiveInteger, 64)
    .option('--crop <share>', 'share of the centre square to keep (the paper: 0.8)', fraction, 0.8)
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Images that cannot be read and labels without an image are listed and left out.
Without --labels, images that lie in different folders are labelled by their folder, as "folder".

Examples:
  fusiform faces import celeba/img_align_celeba --labels labels.tsv -p study
  fusiform faces import portraits --crop 1 --size 32 --name portraits -p study`,
    )
    .action((dir: string, options: ImportOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await importFaces(workspace, {
          dir,
          name: options.name,
          imageSize: options.size,
          crop: options.crop,
          ...(options.labels === undefined ? {} : { labels: options.labels }),
        });
        terminal.outcome(outcome, ({ summary }) => {
          const labels = (summary.labels as string[]).join(', ') || 'none';
          return `Face set "${options.name}": ${summary.count} images of ${summary.imageSize} x ${summary.imageSize}, labels: ${labels}`;
        });
      }),
    );
}
