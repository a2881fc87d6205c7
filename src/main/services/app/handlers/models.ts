import { relative, sep } from 'node:path';
import { chooseEngine } from '../../engines.ts';
import { exportModel } from '../../model-transfer.ts';
import { describeModel } from '../../models.ts';
import { presetTable } from '../../training-config.ts';
import { estimateTraining } from '../../training-estimate.ts';
import { thinLosses, trainingHistory } from '../../training-history.ts';
import { unfinishedTrainings } from '../../training-jobs.ts';
import { trainingRequest } from '../../training-request.ts';
import { api } from './base.ts';

export const models = {
  list: api.models.list.handler(async ({ context, input }) => {
    const { workspace } = context.application.project(input.project);
    return Promise.all(
      workspace.entries('model').map(async ({ name }) => {
        const { hash, summary } = workspace.entry('model', name);
        return { name, artifact: hash, summary: { ...summary }, ...(await describeModel(workspace, name)) };
      }),
    );
  }),
  preset: api.models.preset.handler(({ input }) => presetTable(input.preset).map((row) => ({ ...row }))),
  estimate: api.models.estimate.handler(async ({ context, input }) => {
    const { workspace, queue } = context.application.project(input.project);
    const { kind } = await chooseEngine(input.request.engine);
    const request = await trainingRequest(workspace, input.request, kind);
    // A rehearsal would wait for the job that runs.
    const rehearse = queue.busy || !input.rehearse ? { rehearse: false } : {};
    const estimate = await estimateTraining(workspace, { ...request, ...rehearse });
    return { ...estimate, warnings: [...estimate.warnings] };
  }),
  unfinished: api.models.unfinished.handler(async ({ context, input }) => {
    const { workspace } = context.application.project(input.project);
    const trainings = await unfinishedTrainings(workspace);
    return trainings.map((training) => ({ ...training, checkpoints: [...training.checkpoints] }));
  }),
  exportFile: api.models.exportFile.handler(async ({ context, input: { project, name, out } }) => ({
    ...(await exportModel(context.application.project(project).workspace, { model: name, out })),
  })),
  history: api.models.history.handler(async ({ context, input }) => {
    const project = context.application.project(input.project);
    const { name, state, losses, evaluations, grids } = await trainingHistory(project.dir, input.name);
    const { store } = project.workspace;
    const address = (file: string) => {
      const path = relative(store.dir, file).split(sep).map(encodeURIComponent).join('/');
      return `/data/${project.id}/${path}`;
    };
    return {
      name,
      state,
      adversarialFrom: losses.find(({ phase }) => phase === 'adversarial')?.step ?? null,
      losses: thinLosses(losses, input.points),
      evaluations: evaluations.map((row) => ({ ...row })),
      grids: grids.map(address),
    };
  }),
};
