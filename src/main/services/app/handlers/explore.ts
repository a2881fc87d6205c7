import { FusiformError } from '../../../../shared/errors.ts';
import type { Explorer } from '../../explorer.ts';
import { api, type HandlerContext } from './base.ts';

const explorerOf = (context: HandlerContext, { project }: { readonly project: string }): Explorer =>
  context.application.project(project).explorer;

export const explore = {
  models: api.explore.models.handler(({ context, input }) => explorerOf(context, input).models()),
  latents: api.explore.latents.handler(async ({ context, input }) => {
    const spread = await explorerOf(context, input).spread(input.model, input.faces);
    if (spread === null) return null;
    const { mean, deviation, order, ...counts } = spread;
    return { ...counts, mean: [...mean], deviation: [...deviation], order: [...order] };
  }),
  axes: api.explore.axes.handler(async ({ context, input }) => {
    const axes = await explorerOf(context, input).axes(input.model, input.faces);
    return axes?.map((axis) => ({ ...axis, direction: [...axis.direction] })) ?? null;
  }),
  code: api.explore.code.handler(async ({ context, input }) => {
    try {
      return Array.from(await explorerOf(context, input).code(input.model, input.faces, input.index));
    } catch (error) {
      if (error instanceof RangeError) throw new FusiformError('FACE_UNKNOWN', error.message);
      throw error;
    }
  }),
  nearest: api.explore.nearest.handler(async ({ context, input }) => {
    const { model, faces, code, count, by } = input;
    const found = await explorerOf(context, input).nearest(model, faces, Float32Array.from(code), {
      count,
      by,
    });
    return found.map(({ row, distance }) => ({
      index: row,
      closeness: by === 'correlation' ? 1 - distance : distance,
    }));
  }),
  between: api.explore.between.handler(({ context, input }) =>
    explorerOf(context, input).between(input.model, [input.from, input.to], input),
  ),
  draw: api.explore.draw.handler(({ context, input }) => explorerOf(context, input).draw(input.model, input)),
};
