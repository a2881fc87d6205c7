import { scoredRegions } from '../../../store/totals.ts';
import { projectInfo } from '../../projects.ts';
import { planRemoval } from '../../removal.ts';
import type { OpenProject } from '../open-project.ts';
import { copyProject, removeFromProject, verifyProject } from '../project-care.ts';
import { describeStorage, summariseProject } from '../project-summary.ts';
import { api } from './base.ts';
import { progressing } from './progressing.ts';
import { until } from './until.ts';

const facts = ({ id, dir, name }: OpenProject) => ({ id, dir, name });

export const projects = {
  recent: api.projects.recent.handler(async ({ context: { application } }) =>
    (await application.recent.list()).map((recent) => ({
      ...recent,
      open: application.projects.some(({ id }) => id === recent.id),
    })),
  ),
  forget: api.projects.forget.handler(({ context, input }) =>
    context.application.recent.forget(input.project),
  ),
  create: api.projects.create.handler(async ({ context, input }) =>
    facts(await context.application.create(input.dir, input.name)),
  ),
  open: api.projects.open.handler(async ({ context: { application }, input }) =>
    facts(await ('dir' in input ? application.open(input.dir) : application.openById(input.id))),
  ),
  close: api.projects.close.handler(({ context, input }) => context.application.close(input.project)),
  info: api.projects.info.handler(async ({ context, input }) => {
    const info = await projectInfo(context.application.project(input.project).dir);
    return { ...info, entries: [...info.entries], stale: [...info.stale], jobs: [...info.jobs] };
  }),
  describe: api.projects.describe.handler(({ context, input }) =>
    summariseProject(context.application, input.project),
  ),
  copy: api.projects.copy.handler(({ context: { application }, input, signal }) =>
    progressing(signal, async (report, until) => {
      const dir = await copyProject(application.project(input.project), input.to, until, report);
      return facts(await application.open(dir));
    }),
  ),
  verify: api.projects.verify.handler(({ context, input, signal }) =>
    progressing(signal, (report, until) =>
      verifyProject(context.application.project(input.project), until, report),
    ),
  ),
  names: api.projects.names.handler(({ context, input }) => {
    const { workspace } = context.application.project(input.project);
    const entries = workspace.entries().map(({ kind, name }) => ({ kind, name }));
    return { entries, regions: scoredRegions(workspace.store.sql) };
  }),
  storage: api.projects.storage.handler(({ context, input }) =>
    describeStorage(context.application.project(input.project)),
  ),
  removal: api.projects.removal.handler(({ context, input: { project, ...entry } }) => {
    const plan = planRemoval(context.application.project(project).workspace, entry);
    return { ...plan, dependents: [...plan.dependents] };
  }),
  remove: api.projects.remove.handler(async ({ context, input: { project, ...request } }) => {
    const { removed, bytes } = await removeFromProject(context.application.project(project), request);
    return { removed: [...removed], bytes };
  }),
  changes: api.projects.changes.handler(async function* ({ context, input, signal }) {
    const project = context.application.project(input.project);
    for await (const revision of project.revision.watch(until(signal, project.closed))) yield { revision };
  }),
};
