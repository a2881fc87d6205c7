import type { Capabilities, PickRequest } from '../../../shared/contract/application.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { Workspace } from '../workspace.ts';
import type { JobQueueOptions } from './job-queue.ts';
import { OpenProject } from './open-project.ts';
import { projectIdOf, wholePath } from './project-id.ts';
import { RecentProjects } from './recent-projects.ts';

/** What a host can do that the services cannot. */
export interface HostAbilities {
  readonly host: Capabilities['host'];
  readonly pick?: (request: PickRequest) => Promise<string | null>;
  readonly reveal?: (path: string) => void;
  /** Whether it keeps the machine from sleeping while a job runs. */
  readonly keepsAwake?: boolean;
}

export interface ApplicationOptions extends Pick<JobQueueOptions, 'perform'> {
  readonly recent?: RecentProjects;
  /** Told when a project was opened or closed. */
  readonly onProjects?: () => void;
}

/** What one process holds: its open projects, each opened once whoever looks at it, and the list of recent ones. */
export class Application {
  readonly recent: RecentProjects;
  readonly #abilities: HostAbilities;
  readonly #options: ApplicationOptions;
  readonly #open = new Map<string, OpenProject>();
  /** One opening or closing after another: two windows that open one project get the same. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(abilities: HostAbilities, options: ApplicationOptions = {}) {
    this.#abilities = abilities;
    this.#options = options;
    this.recent = options.recent ?? new RecentProjects();
  }

  get capabilities(): Capabilities {
    return {
      host: this.#abilities.host,
      version: appVersion,
      platform: process.platform,
      nativeDialogs: this.#abilities.pick !== undefined,
      reveal: this.#abilities.reveal !== undefined,
      keepsAwake: this.#abilities.keepsAwake ?? false,
    };
  }

  get projects(): readonly OpenProject[] {
    return [...this.#open.values()];
  }

  pick(request: PickRequest): Promise<string | null> {
    const { pick } = this.#abilities;
    if (pick === undefined) throw notOnThisHost();
    return pick(request);
  }

  reveal(path: string): void {
    const { reveal } = this.#abilities;
    if (reveal === undefined) throw notOnThisHost();
    reveal(path);
  }

  create(dir: string, name?: string): Promise<OpenProject> {
    return this.#inTurn(() => this.#hold(Workspace.create(dir, name)));
  }

  /** @throws FusiformError PROJECT_NOT_FOUND, PROJECT_LOCKED, PROJECT_NEWER, PROJECT_DAMAGED */
  open(dir: string): Promise<OpenProject> {
    return this.#inTurn(async () => {
      const found = this.#open.get(projectIdOf(dir));
      return found ?? (await this.#hold(Workspace.open(wholePath(dir))));
    });
  }

  /** Opens a project by the name that addresses give it, where it was opened before. */
  async openById(id: string): Promise<OpenProject> {
    const found = this.#open.get(id);
    if (found !== undefined) return found;
    const recent = (await this.recent.list()).find((project) => project.id === id);
    if (recent === undefined) {
      throw new FusiformError('PROJECT_NOT_FOUND', 'The address names a project that was never opened here.');
    }
    return this.open(recent.dir);
  }

  /** @throws FusiformError PROJECT_NOT_OPEN */
  project(id: string): OpenProject {
    const found = this.#open.get(id);
    if (found === undefined) throw new FusiformError('PROJECT_NOT_OPEN', 'The project is not open.');
    return found;
  }

  close(id: string): Promise<void> {
    return this.#inTurn(() => this.#close(this.project(id)));
  }

  /** Stops all work at the next safe place and closes every project. */
  closeAll(): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.all(this.projects.map((project) => this.#close(project)));
    });
  }

  async #close(project: OpenProject): Promise<void> {
    await project.close();
    this.#open.delete(project.id);
    this.#options.onProjects?.();
  }

  async #hold(workspace: Workspace): Promise<OpenProject> {
    const project = new OpenProject(workspace, this.#options);
    this.#open.set(project.id, project);
    await this.recent.remember(project.dir, project.name);
    this.#options.onProjects?.();
    return project;
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(action);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function notOnThisHost(): FusiformError {
  return new FusiformError('HOST_CANNOT', 'Only the desktop application can do this.');
}
