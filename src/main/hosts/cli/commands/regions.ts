import type { Command } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import type { JsonObject } from '../../../../shared/json.ts';
import { compareRegions } from '../../../services/compare-regions.ts';
import { listAtlas } from '../../../services/regions.ts';
import { parquetOption, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { withDecoder } from './decoder-option.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface CompareOptions {
  readonly project: string;
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly seed: number;
  readonly parquet: boolean;
}

export function addRegionCommands(program: Command, makeTerminal: MakeTerminal): void {
  const regions = program.command('regions').description('regions of atlases, and what each tells of faces');

  regions
    .command('show')
    .description('labels of an atlas, their voxels, and the region of the paper that each belongs to')
    .requiredOption('--atlas <image>', 'image of labels')
    .requiredOption('--atlas-labels <table>', 'its labels: BIDS TSV, FSL XML, FreeSurfer or AAL text, JSON')
    .option('--like <image>', 'count voxels on the grid of this image, such as a run')
    .addHelpText('after', '\nExample:\n  fusiform regions show --atlas aparc.nii.gz --atlas-labels aparc.tsv')
    .action(async (options: { atlas: string; atlasLabels: string; like?: string }) => {
      const terminal = makeTerminal();
      const listing = await listAtlas(options.atlas, options.atlasLabels, options.like);
      terminal.result(listing, ({ labels, regions, absent }) =>
        [
          table([
            ['value', 'name', 'voxels', 'region'],
            ...labels.map(({ index, name, voxels: count, region }) => [
              String(index),
              name ?? '(not in the table)',
              String(count),
              region ?? '',
            ]),
          ]),
          '',
          table(Object.entries(regions).map(([name, count]) => [name, `${count} voxels`])),
          ...(absent.length > 0 ? [`Without voxels: ${absent.join(', ')}`] : []),
        ].join('\n'),
      );
      for (const problem of listing.problems) terminal.note(`${problem.code}: ${problem.message}`);
    });

  withDecoder(subjectAndModel(regions.command('compare')))
    .description('what each region tells of the test faces alone, and what is lost when it is left out')
    .addOption(parquetOption())
    .addOption(seedOption())
    .addHelpText('after', '\nExample:\n  fusiform regions compare --subject 01 --model vaegan -p study')
    .action((options: CompareOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await compareRegions(workspace, options);
        terminal.outcome(outcome, ({ summary }) => describeComparison(summary));
      }),
    );
}

const figure = (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '');
const probability = (value: unknown) => (typeof value === 'number' ? value.toPrecision(2) : '');

function describeComparison(summary: JsonObject): string {
  const all = summary.all as JsonObject;
  const rows = (summary.regions as readonly JsonObject[]).map((row) => {
    const [alone, without, loss] = ['alone', 'without', 'loss'].map((key) => (row[key] ?? {}) as JsonObject);
    return [
      String(row.region),
      String(alone.nVoxels ?? 'too few'),
      figure(alone.pairwise),
      probability(alone.p),
      figure(without.pairwise),
      figure(loss.difference),
      `${figure(loss.lower)} to ${figure(loss.upper)}`,
      probability(loss.p),
      probability(loss.q),
    ];
  });
  const heading = ['region', 'voxels', 'alone', 'p', 'all others', 'loss', '95 %', 'p', 'q'];
  return [
    `All ${all.nVoxels} voxels: ${figure(all.pairwise)} (p = ${probability(all.p)}), ${summary.testFaces} test faces`,
    table([heading, ...rows]),
    'As a table and a chart: regions.tsv, regions.svg',
  ].join('\n');
}
