import { join } from 'node:path';
import type { WrittenPictures } from '../../../../shared/contract/figures.ts';
import { contactSheet } from '../../figures/contact-sheet.ts';
import { pictureReader } from '../../figures/picture-reader.ts';
import { reconstructionsFigure } from '../../figures/reconstructions.ts';
import { regionsFigure } from '../../figures/regions.ts';
import { type Figure, folderKey, type WriteOptions, writeFigure } from '../../figures/write-figure.ts';
import { wholePath } from '../project-id.ts';
import type { OpenProject } from '../open-project.ts';
import { api } from './base.ts';

interface Output extends Pick<WriteOptions, 'formats' | 'dpi'> {
  readonly transparent: boolean;
  readonly folder: string | null;
}

/** Into the folder of the user's choice, or where the browser can fetch it from. */
async function deliver(
  { workspace }: OpenProject,
  figure: Figure,
  { folder, transparent, ...options }: Output,
): Promise<WrittenPictures> {
  const key = folderKey({ record: figure.record, transparent, ...options });
  const target = folder === null ? join(workspace.store.workDir, key) : wholePath(folder);
  const { files, caption } = await writeFigure(figure, target, { ...options, isTransparent: transparent });
  return {
    folder: folder === null ? null : target,
    files: files.map((file) => ({
      ...file,
      address: folder === null ? `work/${key}/${encodeURIComponent(file.name)}` : null,
    })),
    caption,
  };
}

const readerOf = ({ workspace, regionPictures }: OpenProject) =>
  pictureReader(workspace, (hashes, region, row) => regionPictures.png(hashes, region, row));

export const figures = {
  sheet: api.figures.sheet.handler(async ({ context, input }) => {
    const project = context.application.project(input.project);
    const sheet = await contactSheet(project.workspace, input.sheet, readerOf(project), input.transparent);
    return deliver(project, sheet, input);
  }),
  reconstructions: api.figures.reconstructions.handler(async ({ context, input }) => {
    const project = context.application.project(input.project);
    const figure = await reconstructionsFigure(
      project.workspace,
      input.figure,
      readerOf(project),
      input.transparent,
    );
    return deliver(project, figure, input);
  }),
  regions: api.figures.regions.handler(async ({ context, input }) => {
    const project = context.application.project(input.project);
    return deliver(project, await regionsFigure(project.workspace, input.figure, input.transparent), input);
  }),
};
