import { type Command, Option } from 'commander';
import { FusiformError } from '../../../../shared/errors.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import {
  importPublished,
  listPublished,
  type PublishedImport,
  type PublishedListing,
  type PublishedSpace,
} from '../../../services/published.ts';
import { engineOption, fraction, projectOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';

interface ImportOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly space: PublishedSpace;
  readonly as?: string;
  readonly stimuli?: string;
  readonly testFaces?: string;
  readonly crop: number;
  readonly reference?: string;
}

export function addPublishedCommands(program: Command, makeTerminal: MakeTerminal): void {
  const published = program
    .command('published')
    .description('what the study of VanRullen & Reddy (2019) published of its own analysis');

  published
    .command('list')
    .description("list the study's files of a subject, and the variables in them")
    .argument('<dir>', "the study's folder, its derivatives, or the subject's folder in them")
    .requiredOption('--subject <label>', 'subject, such as 01')
    .addOption(spaceOption())
    .addHelpText('after', '\nExample:\n  fusiform published list ds001761 --subject 01')
    .action(async (dir: string, options: { subject: string; space: PublishedSpace }) => {
      const terminal = makeTerminal();
      terminal.result(await listPublished(dir, options.subject, options.space), describeListing);
    });

  published
    .command('import')
    .description("take the study's own mapping and patterns of a subject into the project")
    .argument('<dir>', "the study's folder, its derivatives, or the subject's folder in them")
    .requiredOption('--subject <label>', 'subject, such as 01')
    .option('--model <name>', "the latent model: the study's own network, see `model import`", 'vaegan')
    .addOption(spaceOption())
    .option('--as <name>', 'what the project calls the subject (default: its label)')
    .option('--stimuli <dir>', 'with --test-faces: folder of the pictures that were shown')
    .option(
      '--test-faces <table>',
      'table of the test pictures, in the order of the patterns; other columns are labels',
    )
    .option('--crop <share>', 'with --stimuli: share of the centre square to keep', fraction, 0.8)
    .option('--reference <file>', 'NIfTI image on the grid of the volumes: writes masks and maps')
    .addOption(engineOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Needs ROI_<space>.mat and test_patterns.mat; with test_images.mat it knows the true codes, with img_pattern.mat the
pattern of imagery, with ROI_<space>_<region>.mat the regions. Then go on with decode and evaluate.

Examples:
  fusiform model import vaegan_celeba.ckpt --name paper -p study
  fusiform published import ds001761 --subject 01 --model paper -p study
  fusiform decode --subject 01 --model paper -p study
  fusiform evaluate --subject 01 --model paper -p study`,
    )
    .action((dir: string, options: ImportOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { subject, model, space, as, stimuli, testFaces, crop, reference } = options;
        if ((stimuli === undefined) !== (testFaces === undefined)) {
          throw new FusiformError('USAGE', 'Give --stimuli and --test-faces together.');
        }
        const { kind: engine } = await chooseEngine(options.engine);
        const result = await importPublished(workspace, {
          dir,
          subject,
          model,
          space,
          engine,
          ...(as === undefined ? {} : { name: as }),
          ...(stimuli === undefined || testFaces === undefined
            ? {}
            : { stimuli: { dir: stimuli, testFaces, crop } }),
          ...(reference === undefined ? {} : { reference }),
        });
        const { mapping, folder, entries, agreement, problems } = result;
        const outcome = {
          ...mapping,
          problems,
          summary: {
            ...mapping.summary,
            folder: folder.dir,
            found: folder.found.map(({ name }) => name),
            missing: folder.missing.map(({ name }) => name),
            entries: { ...entries },
            agreement,
          },
        };
        terminal.outcome(outcome, () => describeImport(result));
      }),
    );
}

const spaceOption = () =>
  new Option('--space <name>', 'latent space of the published files')
    .choices(['VAEGAN', 'PCA'])
    .default('VAEGAN');

function describeListing({ dir, files }: PublishedListing): string {
  const rows = files.map(({ name, role, found, variables, problem }) => [
    name,
    role,
    found ? (problem?.code ?? 'found') : 'missing',
    variables.map((one) => `${one.name} ${one.shape.join(' x ')} ${one.className ?? ''}`.trim()).join(', '),
  ]);
  return `${dir}\n${table([['file', 'for', '', 'variables'], ...rows])}`;
}

function describeImport({ mapping, folder, entries, agreement }: PublishedImport): string {
  const { summary } = mapping;
  const regions = Object.entries(summary.regions as Record<string, number>);
  const residual = summary.inverseResidual as number | null;
  return [
    `Mapping "${entries.mapping}": ${summary.voxels} of ${summary.volumeVoxels} voxels, ${summary.latents} latents, ${summary.testFaces} test patterns${summary.imagery ? ', imagery' : ''}`,
    `Regions: ${regions.map(([name, voxels]) => `${name} ${voxels}`).join(', ') || 'none'}`,
    ...(residual === null ? [] : [`invcovW is the inverse of W W' to ${residual.toPrecision(2)}`]),
    entries.latents === null ? 'No true codes: evaluate cannot be run' : `True codes: "${entries.latents}"`,
    entries.faces === null ? 'No pictures of the test faces' : `Pictures: face set "${entries.faces}"`,
    ...(agreement === null
      ? []
      : [`The model's codes of them agree with the published ones: r = ${agreement.toFixed(3)}`]),
    ...(folder.missing.length === 0
      ? []
      : [`Not there: ${folder.missing.map(({ name }) => name).join(', ')}`]),
  ].join('\n');
}
