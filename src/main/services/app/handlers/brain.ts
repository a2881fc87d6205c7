import { brainFacts } from '../../brain/brain-facts.ts';
import { describeImage, fileImage } from '../../brain/describe-image.ts';
import { saveMask } from '../../brain/masks.ts';
import { api } from './base.ts';

export const brain = {
  facts: api.brain.facts.handler(({ context, input: { project, subject } }) =>
    brainFacts(context.application.project(project).workspace, subject),
  ),
  image: api.brain.image.handler(async ({ input: { file } }) => fileImage(file, await describeImage(file))),
  saveMask: api.brain.saveMask.handler(async ({ context, input: { project: id, ...mask } }) => {
    const project = context.application.project(id);
    const image = await saveMask(project.workspace, mask);
    project.touch();
    return image;
  }),
};
