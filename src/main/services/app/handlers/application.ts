import { describeEngines, useEngine } from '../../engine-settings.ts';
import { examine } from '../../doctor.ts';
import { changePreferences, readPreferences } from '../../preferences.ts';
import { createFolder, folderRoots, listFolder } from '../folders.ts';
import { describePipeline } from '../overview.ts';
import { api } from './base.ts';

export const application = {
  capabilities: api.application.capabilities.handler(({ context }) => context.application.capabilities),
  pick: api.application.pick.handler(({ context, input }) => context.application.pick(input)),
  reveal: api.application.reveal.handler(({ context, input }) => context.application.reveal(input.path)),
};

export const overview = {
  get: api.overview.get.handler(({ context, input }) =>
    describePipeline(context.application.project(input.project)),
  ),
};

export const locations = {
  roots: api.locations.roots.handler(() => folderRoots()),
  list: api.locations.list.handler(({ input }) => listFolder(input.dir, input.hidden)),
  createFolder: api.locations.createFolder.handler(({ input }) => createFolder(input.dir, input.name)),
};

const plain = <T>(value: T): T => structuredClone(value);

export const settings = {
  doctor: api.settings.doctor.handler(async () => ({ ...(await examine()) })),
  engines: api.settings.engines.handler(async () => engines(await describeEngines())),
  useEngine: api.settings.useEngine.handler(async ({ input }) =>
    engines(await useEngine(input.engine, input.threads)),
  ),
  preferences: api.settings.preferences.handler(() => readPreferences()),
  prefer: api.settings.prefer.handler(({ input }) => changePreferences(input)),
};

function engines(report: Awaited<ReturnType<typeof describeEngines>>) {
  return {
    ...report,
    engines: report.engines.map((engine) => ({ ...engine })),
    chosen: { ...plain(report.chosen) },
  };
}
