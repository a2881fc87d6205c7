import type { Command } from 'commander';
import { fitMap } from '../../../services/voxels.ts';
import type { MakeTerminal } from '../terminal.ts';
import { number } from '../options.ts';
import { withWorkspace } from '../with-workspace.ts';
import { type MapOptions, mapRequest, withMapOptions } from './map-options.ts';

export function addMapCommands(program: Command, makeTerminal: MakeTerminal): void {
  const map = program.command('map').description('how voxels encode the latents of faces');

  withMapOptions(map.command('fit'))
    .option(
      '--ridge <penalty>',
      "penalty on the latents' weights, in units of their mean X'X (0: least squares, as published)",
      number,
      0,
    )
    .description('fit the linear model with latents as modulators, select voxels, keep the mapping')
    .addHelpText(
      'after',
      `
\`voxels preview\` says beforehand how many voxels remain under which thresholds.

Examples:
  fusiform map fit --subject 01 --model vaegan --confounds motion -p study
  fusiform map fit --subject 01 --mask c1anat.nii --atlas aparc.nii.gz --atlas-labels aparc.tsv -p study`,
    )
    .action((options: MapOptions & { readonly ridge: number }) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const outcome = await fitMap(workspace, { ...(await mapRequest(options)), ridge: options.ridge });
        terminal.outcome(
          outcome,
          ({ summary }) =>
            `${summary.selected} of ${summary.voxels} voxels selected (${summary.respondToFaces} respond to faces, ${summary.gainFromLatents} gain from the latents), ${summary.testFaces} test patterns`,
        );
      }),
    );
}
