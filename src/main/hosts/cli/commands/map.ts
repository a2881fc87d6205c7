import type { Command } from 'commander';
import { fitMap } from '../../../services/voxels.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { type MapOptions, mapRequest, withMapOptions } from './map-options.ts';

export function addMapCommands(program: Command, makeTerminal: MakeTerminal): void {
  const map = program.command('map').description('how voxels encode the latents of faces');

  withMapOptions(map.command('fit'))
    .description('fit the linear model with latents as modulators, select voxels, keep the mapping')
    .addHelpText(
      'after',
      `
\`voxels preview\` says beforehand how many voxels remain under which thresholds.

Examples:
  fusiform map fit --subject 01 --model vaegan --confounds motion -p study
  fusiform map fit --subject 01 --mask c1anat.nii --atlas aparc.nii.gz --atlas-labels aparc.tsv -p study`,
    )
    .action((options: MapOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await fitMap(workspace, await mapRequest(options));
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.selected} of ${summary.voxels} voxels selected (${summary.respondToFaces} respond to faces, ${summary.gainFromLatents} gain from the latents), ${summary.testFaces} test patterns`,
        );
      }),
    );
}
