import type { QueueEvent } from '../../../../shared/contract/jobs.ts';
import type { JobQueue } from '../job-queue.ts';
import { api, type HandlerContext } from './base.ts';
import { until } from './until.ts';

const queueOf = (context: HandlerContext, input: { readonly project: string }): JobQueue =>
  context.application.project(input.project).queue;

export const jobs = {
  enqueue: api.jobs.enqueue.handler(({ context, input }) => ({
    id: queueOf(context, input).enqueue(input.request),
  })),
  watch: api.jobs.watch.handler(async function* ({ context, input, signal }): AsyncGenerator<QueueEvent> {
    const project = context.application.project(input.project);
    let sent: unknown = null;
    for await (const view of project.queue.live.watch(until(signal, project.closed))) {
      const { held, jobs: listed, progress } = view;
      if (listed === sent && progress !== null) yield { type: 'progress', progress };
      else yield { type: 'snapshot', held, jobs: [...listed], progress };
      sent = listed;
    }
  }),
  cancel: api.jobs.cancel.handler(({ context, input }) => queueOf(context, input).cancel(input.id)),
  pause: api.jobs.pause.handler(({ context, input }) => queueOf(context, input).pause(input.id)),
  resume: api.jobs.resume.handler(({ context, input }) => queueOf(context, input).resume(input.id)),
  retry: api.jobs.retry.handler(({ context, input }) => queueOf(context, input).retry(input.id)),
  remove: api.jobs.remove.handler(({ context, input }) => queueOf(context, input).remove(input.id)),
  move: api.jobs.move.handler(({ context, input }) => queueOf(context, input).move(input.id, input.before)),
  hold: api.jobs.hold.handler(({ context, input }) => queueOf(context, input).hold()),
  release: api.jobs.release.handler(({ context, input }) => queueOf(context, input).release()),
};
