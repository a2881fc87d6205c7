import type { Application } from '../../services/app/application.ts';
import type { QueueView } from '../../services/app/job-queue.ts';

/** What the desktop does about jobs. */
export interface Desktop {
  keepAwake(on: boolean): void;
  /** -1 for none, 0 to 1, 2 for one whose length is not known. */
  showProgress(share: number): void;
  /** @param address where the result, or the reason, is looked at */
  notify(title: string, body: string, address: string): void;
}

/** Shorter jobs were watched to their end. */
const longSeconds = 60;

/**
 * Follows the queues of all open projects: no sleep while a job runs, its progress on the taskbar, and a word when a
 * long one has ended.
 */
export class JobManners {
  readonly #application: Application;
  readonly #desktop: Desktop;
  readonly #followed = new Set<string>();
  readonly #views = new Map<string, QueueView>();

  constructor(application: Application, desktop: Desktop) {
    this.#application = application;
    this.#desktop = desktop;
  }

  /** To be called when a project was opened or closed. */
  update(): void {
    for (const project of this.#application.projects) {
      if (this.#followed.has(project.id)) continue;
      this.#followed.add(project.id);
      void this.#follow(project.id, project.queue.live.watch(project.closed));
    }
  }

  async #follow(id: string, views: AsyncIterable<QueueView>): Promise<void> {
    for await (const view of views) {
      this.#tellEnded(id, this.#views.get(id), view);
      this.#views.set(id, view);
      this.#show();
    }
    this.#views.delete(id);
    this.#followed.delete(id);
    this.#show();
  }

  #show(): void {
    const running = [...this.#views.values()].filter(({ jobs }) =>
      jobs.some(({ state }) => state === 'running'),
    );
    this.#desktop.keepAwake(running.length > 0);
    const [first] = running;
    this.#desktop.showProgress(first === undefined ? -1 : shareOf(first));
  }

  #tellEnded(project: string, before: QueueView | undefined, now: QueueView): void {
    const running = before?.jobs.find(({ state }) => state === 'running');
    const ended = running && now.jobs.find(({ id }) => id === running.id);
    if (ended === undefined || ended.seconds < longSeconds) return;
    const address = `/projects/${project}/jobs?job=${ended.id}`;
    if (ended.state === 'done') this.#desktop.notify('Finished', ended.label, address);
    if (ended.state === 'failed') {
      this.#desktop.notify('Failed', `${ended.label}: ${ended.problem?.message ?? ''}`, address);
    }
  }
}

function shareOf({ progress }: QueueView): number {
  return progress === null || progress.total <= 0 ? 2 : progress.done / progress.total;
}
