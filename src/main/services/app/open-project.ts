import { projectFacts } from '../../store/project.ts';
import { Explorer } from '../explorer.ts';
import type { Workspace } from '../workspace.ts';
import { FacePixels } from './face-pixels.ts';
import { FaceTables } from './face-tables.ts';
import { JobQueue, type JobQueueOptions } from './job-queue.ts';
import { LiveValue } from './live-value.ts';
import { projectIdOf } from './project-id.ts';
import { RegionPictures } from './region-pictures.ts';

/** A project as a host holds it open: its workspace, its queue, and what watches it. */
export class OpenProject {
  readonly id: string;
  readonly dir: string;
  readonly name: string;
  readonly workspace: Workspace;
  readonly queue: JobQueue;
  readonly pixels = new FacePixels();
  readonly tables = new FaceTables();
  readonly explorer: Explorer;
  readonly regionPictures: RegionPictures;
  /** Grows with every change of what the project holds, so that all its windows ask anew. */
  readonly revision = new LiveValue(0);
  readonly #closing = new AbortController();
  #wasBusy = false;

  constructor(workspace: Workspace, options: Pick<JobQueueOptions, 'perform'> = {}) {
    this.workspace = workspace;
    this.dir = workspace.store.dir;
    this.id = projectIdOf(this.dir);
    this.name = projectFacts(workspace.store).name;
    this.explorer = new Explorer(workspace);
    this.regionPictures = new RegionPictures(workspace.store.artifactsDir, this.explorer);
    this.queue = new JobQueue(workspace, { ...options, onChange: () => this.#changed() });
  }

  /** Aborted when the project is closed: what watches it ends. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  touch(): void {
    this.revision.set(this.revision.value + 1);
  }

  #changed(): void {
    // A job that begins gets the memory; a model that is looked through is back within a second.
    const { busy } = this.queue;
    if (busy && !this.#wasBusy) this.explorer.release();
    this.#wasBusy = busy;
    this.touch();
  }

  async close(): Promise<void> {
    await this.queue.close();
    this.#closing.abort();
    await this.explorer.close();
    this.pixels.close();
    await this.workspace.close();
  }
}
