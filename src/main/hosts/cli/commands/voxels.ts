import type { Command } from 'commander';
import { previewVoxels } from '../../../services/voxels.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { type MapOptions, mapRequest, withMapOptions } from './map-options.ts';

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
          ].join('\n'),
        );
      }),
    );
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
