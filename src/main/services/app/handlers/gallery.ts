import { galleryPage, placeInView } from '../../gallery/rows.ts';
import { galleryOf } from '../../gallery/table.ts';
import { api, type HandlerContext } from './base.ts';

const workspaceOf = (context: HandlerContext, { project }: { readonly project: string }) =>
  context.application.project(project).workspace;

export const gallery = {
  facts: api.gallery.facts.handler(
    async ({ context, input }) => (await galleryOf(workspaceOf(context, input))).facts,
  ),
  rows: api.gallery.rows.handler(({ context, input }) => galleryPage(workspaceOf(context, input), input)),
  place: api.gallery.place.handler(({ context, input }) =>
    placeInView(workspaceOf(context, input), input.view, input),
  ),
};
