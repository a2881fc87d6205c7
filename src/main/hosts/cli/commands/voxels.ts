import type { Command } from 'commander';
import { previewVoxels, reliabilityOfVoxels } from '../../../services/voxels.ts';
import { positiveInteger } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import {
  type MapOptions,
  mapRequest,
  type RegionOptions,
  type RunModelOptions,
  regionRequest,
  runModelRequest,
  withMapOptions,
  withRegionOptions,
  withRunModelOptions,
} from './map-options.ts';
import { ofSubject } from './subject-and-model.ts';

interface PreviewRow {
  readonly face: string;
  readonly gain: string;
  readonly voxels: number;
}

export function addVoxelCommands(program: Command, makeTerminal: MakeTerminal): void {
  const voxels = program
    .command('voxels')
    .description('which voxels to decode from, and how reliable they are');

  withMapOptions(voxels.command('preview'))
    .description(
      'how many voxels remain under thresholds, in all and by region, before the mapping is fitted',
    )
    .addHelpText(
      'after',
      `
Rows: the line through |t| of faces against baseline. Columns: the line through the gain by the latents. preview.tsv has the
counts of every region, preview.svg the number of voxels over the threshold.

Examples:
  fusiform voxels preview --subject 01 --model vaegan --confounds motion -p study
  fusiform voxels preview --subject 01 --gain-count 5000 --atlas aparc.nii.gz --atlas-labels aparc.tsv -p study`,
    )
    .action((options: MapOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await previewVoxels(workspace, await mapRequest(options));
        terminal.outcome(outcome, ({ summary }) =>
          [
            `${summary.voxels} voxels, ${summary.constantVoxels} of them constant`,
            crossTable(summary.table as unknown as PreviewRow[]),
            '',
            `${summary.faceRule} x ${summary.gainRule}: ${summary.selected} voxels remain ` +
              `(${summary.respondToFaces} respond to faces, ${summary.gainFromLatents} gain from the latents)`,
            regionBars(
              summary.regions as Record<string, number>,
              summary.regionVoxels as Record<string, number>,
            ),
            ...(summary.leftOut ? ['', leftOutTable(summary.leftOut as unknown as LeftOutRow[])] : []),
          ].join('\n'),
        );
      }),
    );

  withRegionOptions(withRunModelOptions(ofSubject(voxels.command('reliability'))))
    .description('split-half reliability and noise ceiling of every voxel, from the responses to test faces')
    .option('--sets <n>', 'sets of runs that the noise is estimated from, an even number', positiveInteger, 8)
    .addHelpText(
      'after',
      `
Run i belongs to set i modulo --sets; halves are the odd and the even runs. No latent model takes part. Maps, with sidecars:
desc-splitHalf, desc-spearmanBrown, desc-noiseCeiling (percent of explainable variance; Allen et al. 2022) and its ncsnr.

Example:
  fusiform voxels reliability --subject 01 --confounds motion -p study`,
    )
    .action((options: RunModelOptions & RegionOptions & { readonly sets: number }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await reliabilityOfVoxels(workspace, {
          ...runModelRequest(options),
          ...regionRequest(options),
          sets: options.sets,
        });
        terminal.outcome(outcome, ({ summary }) =>
          [
            `${summary.testFaces} test faces, ${summary.runs} runs in ${summary.sets} sets; medians over voxels`,
            reliabilityTable(summary.regions as unknown as ReliabilityRow[]),
          ].join('\n'),
        );
      }),
    );
}

interface LeftOutRow {
  readonly region: string;
  readonly correlation: number | null;
  readonly gain: number | null;
  readonly weightReliability: number | null;
}

/** What the latents predict in runs that were left out. */
function leftOutTable(rows: readonly LeftOutRow[]): string {
  const shown = (value: number | null) => (value === null ? '' : value.toFixed(3));
  return table([
    ['runs left out (medians)', 'correlation', 'gain', 'weights odd-even'],
    ...rows.map((row) => [row.region, shown(row.correlation), shown(row.gain), shown(row.weightReliability)]),
  ]);
}

interface ReliabilityRow {
  readonly region: string;
  readonly voxels: number;
  readonly splitHalf: number | null;
  readonly spearmanBrown: number | null;
  readonly noiseCeiling: number | null;
  readonly patterns: number;
}

function reliabilityTable(rows: readonly ReliabilityRow[]): string {
  const shown = (value: number | null, digits: number) => (value === null ? '' : value.toFixed(digits));
  return table([
    ['region', 'voxels', 'split-half r', 'all runs', 'noise ceiling', 'patterns r'],
    ...rows.map((row) => [
      row.region,
      String(row.voxels),
      shown(row.splitHalf, 3),
      shown(row.spearmanBrown, 3),
      `${shown(row.noiseCeiling, 1)} %`,
      shown(row.patterns, 3),
    ]),
  ]);
}

/** Face rules in rows, gain rules in columns. */
function crossTable(rows: readonly PreviewRow[]): string {
  const faces = [...new Set(rows.map(({ face }) => face))];
  const gains = [...new Set(rows.map(({ gain }) => gain))];
  const count = (face: string, gain: string) =>
    String(rows.find((row) => row.face === face && row.gain === gain)?.voxels ?? '');
  return table([
    ['face \\ gain', ...gains],
    ...faces.map((face) => [face, ...gains.map((gain) => count(face, gain))]),
  ]);
}

const barLength = 30;

/** The share of each region's voxels that remain, as a bar. */
function regionBars(selected: Record<string, number>, all: Record<string, number>): string {
  return table(
    Object.entries(selected).map(([name, count]) => {
      const share = all[name] > 0 ? count / all[name] : 0;
      const filled = Math.round(share * barLength);
      return [name, `${'#'.repeat(filled)}${'.'.repeat(barLength - filled)}`, `${count} of ${all[name]}`];
    }),
  );
}
