import {
  answerRating,
  createRatingSession,
  exportRatings,
  ratingSessions,
  ratingState,
  ratingSummary,
  removeRating,
  undoRating,
} from '../../rating/index.ts';
import { api, type HandlerContext } from './base.ts';

const openOf = (context: HandlerContext, { project }: { readonly project: string }) =>
  context.application.project(project);

export const rating = {
  list: api.rating.list.handler(({ context, input }) => ratingSessions(openOf(context, input).workspace)),
  create: api.rating.create.handler(async ({ context, input: { project, ...request } }) => {
    const open = openOf(context, { project });
    const session = await createRatingSession(open.workspace, request);
    open.touch();
    return session;
  }),
  state: api.rating.state.handler(({ context, input }) =>
    ratingState(openOf(context, input).workspace, input.session, input.rater),
  ),
  answer: api.rating.answer.handler(({ context, input: { project, session, ...answer } }) => {
    const open = openOf(context, { project });
    const state = answerRating(open.workspace, session, answer);
    open.touch();
    return state;
  }),
  undo: api.rating.undo.handler(({ context, input }) => {
    const open = openOf(context, input);
    const state = undoRating(open.workspace, input.session, input.rater);
    open.touch();
    return state;
  }),
  summary: api.rating.summary.handler(({ context, input }) =>
    ratingSummary(openOf(context, input).workspace, input.session),
  ),
  export: api.rating.export.handler(({ context, input }) =>
    exportRatings(openOf(context, input).workspace, input.session, input.file),
  ),
  remove: api.rating.remove.handler(({ context, input }) => {
    const open = openOf(context, input);
    removeRating(open.workspace, input.session);
    open.touch();
  }),
};
