import { faceTrials } from '../../gallery/trials.ts';
import { mapsOfTarget } from '../../links/maps.ts';
import { voxelSeries } from '../../links/series.ts';
import { stimulusLinks } from '../../links/stimulus.ts';
import { latentLinks, voxelLinks } from '../../links/voxel.ts';
import { api, type HandlerContext } from './base.ts';

const workspaceOf = (context: HandlerContext, { project }: { readonly project: string }) =>
  context.application.project(project).workspace;

export const links = {
  stimulus: api.links.stimulus.handler(({ context, input }) =>
    stimulusLinks(workspaceOf(context, input), input),
  ),
  trials: api.links.trials.handler(async ({ context, input: { stimulus, subject, ...input } }) =>
    (await faceTrials(workspaceOf(context, input), subject))
      .filter((trial) => trial.stimulus === stimulus)
      .map(({ stimulus: _, ...trial }) => trial),
  ),
  voxel: api.links.voxel.handler(({ context, input }) => voxelLinks(workspaceOf(context, input), input)),
  series: api.links.series.handler(({ context, input }) => voxelSeries(workspaceOf(context, input), input)),
  latent: api.links.latent.handler(({ context, input }) => latentLinks(workspaceOf(context, input), input)),
  maps: api.links.maps.handler(({ context, input }) => mapsOfTarget(workspaceOf(context, input), input)),
};
