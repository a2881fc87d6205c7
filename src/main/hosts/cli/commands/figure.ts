import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  type FigureFormat,
  figureFormats,
  reconstructionsRequest,
  regionsRequest,
} from '../../../../shared/contract/figures.ts';
import { FusiformError } from '../../../../shared/errors.ts';
import { pictureReader } from '../../../services/figures/picture-reader.ts';
import { reconstructionsFigure } from '../../../services/figures/reconstructions.ts';
import { regionsFigure } from '../../../services/figures/regions.ts';
import { type WrittenFigure, writeFigure } from '../../../services/figures/write-figure.ts';
import { list, positiveInteger, positiveNumber, projectOption } from '../options.ts';
import { type MakeTerminal, nearest } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface FigureOptions {
  readonly project: string;
  readonly subjects: string[];
  readonly models: string[];
  readonly format: FigureFormat[];
  readonly dpi: number;
  readonly transparent: boolean;
  readonly out: string;
}

/** `fusiform figure`: the article's figures of this project, to be printed. */
export function addFigureCommands(program: Command, makeTerminal: MakeTerminal): void {
  const figure = program
    .command('figure')
    .description("the article's figures from this project's results, as PNG, SVG and PDF with a caption");
  shared(figure.command('reconstructions'))
    .description('originals, what each latent model makes of them, and what was decoded from each subject')
    .option('--faces <names>', 'test faces by their stimulus names, by commas (default: the first)', list, [])
    .option('--count <n>', 'how many of the first test faces', positiveInteger, 10)
    .option('--picture-mm <mm>', 'side of a picture on paper, millimetres', positiveNumber, 18)
    .action((options: FigureOptions & { faces: string[]; count: number; pictureMm: number }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { subjects, models, faces, count, pictureMm, transparent } = options;
        const request = parsed(reconstructionsRequest, {
          subjects,
          models,
          stimuli: faces,
          count,
          pictureMm,
        });
        const made = await reconstructionsFigure(workspace, request, pictureReader(workspace), transparent);
        terminal.result(await writeFigure(made, resolve(options.out), writing(options)), describe);
      }),
    );
  shared(figure.command('regions'))
    .description('a score by region with chance, a point a subject')
    .addOption(
      new Option('--score <name>', 'what is shown')
        .choices(['pairwise', 'nWay', 'gender', 'imagery'])
        .default('pairwise'),
    )
    .option('--without', 'all voxels but those of each region, instead of each alone', false)
    .action(
      (options: FigureOptions & { score: 'pairwise' | 'nWay' | 'gender' | 'imagery'; without: boolean }) =>
        withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
          const { subjects, models, score, without, transparent } = options;
          const which = without ? 'without' : 'alone';
          const request = parsed(regionsRequest, { subjects, models, score, which });
          const made = await regionsFigure(workspace, request, transparent);
          terminal.result(await writeFigure(made, resolve(options.out), writing(options)), describe);
        }),
    );
}

function shared(command: Command): Command {
  return command
    .option('--subjects <labels>', 'by commas (default: all)', list, [])
    .option('--models <names>', 'latent models, by commas (default: all)', list, [])
    .option('--format <names>', `of ${figureFormats.join(', ')}, by commas (default: all)`, formats, [
      ...figureFormats,
    ])
    .option('--dpi <n>', 'pixels an inch of the PNG', positiveInteger, 300)
    .option('--transparent', 'nothing behind the figure, instead of white', false)
    .option('--out <dir>', 'folder for the files', 'figures')
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Beside the pictures: the caption as text, and as JSON what the figure was made of and how.

Example:
  fusiform figure ${command.name()} --dpi 600 --out figures -p project`,
    );
}

/** @throws FusiformError PARAMETERS_INVALID naming what is out of its limits */
function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new FusiformError('PARAMETERS_INVALID', z.prettifyError(result.error));
}

function formats(text: string): FigureFormat[] {
  const named = list(text);
  return figureFormats.filter((format) => named.includes(format));
}

const writing = ({ format, dpi, transparent }: FigureOptions) => ({
  formats: format,
  dpi,
  isTransparent: transparent,
});

function describe({ folder, files, caption }: WrittenFigure): string {
  return [`${files.map(({ name }) => name).join(', ')} in ${nearest(folder)}`, caption].join('\n');
}
