import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorDefinition, errorCodes } from '../../shared/error-codes.ts';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { OnJobEvent } from '../../shared/job-events.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Progress } from '../../shared/progress.ts';
import { appVersion } from '../../shared/version.ts';
import { jobKey } from '../jobs/job-key.ts';
import { parseParameters, type Stage } from '../jobs/stage.ts';
import { ThreadRunner } from '../jobs/thread-runner.ts';
import { commitArtifact } from '../store/artifacts.ts';
import { asStoreError } from '../store/database.ts';
import { type Entry, type EntryKind, findEntry, listEntries, setEntry } from '../store/entries.ts';
import { findJob, finishJob, type JobRecord, startJob, stopJob } from '../store/jobs.ts';
import {
  createProject,
  databaseName,
  openProject,
  type ProjectStore,
  viewProject,
} from '../store/project.ts';
import { takenBack } from '../store/rehearsal.ts';
import { summaryWithEngine } from './engine-record.ts';

/** Something a stage reads: an earlier job's artefact, or a file or folder of the user's. */
export interface Input {
  /** Content hash; it, not the path, is part of the job's key. */
  readonly hash: string;
  readonly path: string;
}

export interface StageRequest<Parameters> {
  readonly stage: Stage<Parameters>;
  /** What the user reads while it runs. */
  readonly label: string;
  readonly parameters: Parameters;
  readonly inputs: Readonly<Record<string, Input>>;
  /** How to go about it: what changes no result and is no part of the job's key. */
  readonly conduct?: JsonObject;
  /** A folder below the job's own that is worth looking into while it runs. */
  readonly liveFolder?: string;
  /** The name under which the result is found again. */
  readonly entry?: { readonly kind: EntryKind; readonly name: string; readonly source?: string };
}

export interface StageOutcome extends Input {
  readonly key: string;
  /** True when the project held the result already. */
  readonly cached: boolean;
  readonly seconds: number;
  readonly peakRssBytes: number;
  readonly summary: JsonObject;
  readonly problems: readonly Problem[];
}

export interface WorkspaceOptions {
  readonly onEvent?: OnJobEvent;
  readonly signal?: AbortSignal;
}

/** Said in a rehearsal where a result is not there yet. */
export class NotComputed extends Error {
  override readonly name = 'NotComputed';
  /** What would have to be done, as its job is labelled. */
  readonly label: string;

  constructor(label: string) {
    super(`Not computed yet: ${label}`);
    this.label = label;
  }
}

/** An open project together with the thread that computes for it: what every use case starts from. */
export class Workspace {
  readonly store: ProjectStore;
  readonly signal: AbortSignal;
  readonly #onEvent: OnJobEvent;
  readonly #runner: ThreadRunner;
  #rehearsing = false;

  private constructor(store: ProjectStore, options: WorkspaceOptions, runner = new ThreadRunner()) {
    this.store = store;
    this.#runner = runner;
    this.signal = options.signal ?? new AbortController().signal;
    this.#onEvent = options.onEvent ?? (() => undefined);
  }

  static create(dir: string, name?: string, options: WorkspaceOptions = {}): Workspace {
    return new Workspace(createProject(dir, name), options);
  }

  static open(dir: string, options: WorkspaceOptions = {}): Workspace {
    return new Workspace(openProject(dir), options);
  }

  /** Opens a project for one piece of work, and closes it however that ends. */
  static async use<T>(
    dir: string,
    options: WorkspaceOptions,
    action: (workspace: Workspace) => Promise<T>,
  ): Promise<T> {
    return Workspace.open(dir, options).#lend(action);
  }

  /** The same for a project that is made where there is none yet. */
  static async useOrCreate<T>(
    dir: string,
    name: string,
    options: WorkspaceOptions,
    action: (workspace: Workspace) => Promise<T>,
  ): Promise<T> {
    const workspace = existsSync(join(dir, databaseName))
      ? Workspace.open(dir, options)
      : Workspace.create(dir, name, options);
    return workspace.#lend(action);
  }

  async #lend<T>(action: (workspace: Workspace) => Promise<T>): Promise<T> {
    try {
      return await action(this);
    } catch (error) {
      throw asStoreError(error, join(this.store.dir, databaseName));
    } finally {
      await this.close();
    }
  }

  static view(dir: string): Workspace {
    return new Workspace(viewProject(dir), {});
  }

  /** The same project and thread, for one piece of work with listeners and a signal of its own. Never to be closed itself. */
  withOptions(options: WorkspaceOptions): Workspace {
    return new Workspace(this.store, options, this.#runner);
  }

  /** The same, telling one more listener. */
  alsoTelling(listener: OnJobEvent): Workspace {
    const onEvent: OnJobEvent = (event) => {
      listener(event);
      this.#onEvent(event);
    };
    return this.withOptions({ signal: this.signal, onEvent });
  }

  async close(): Promise<void> {
    await this.#runner.close();
    this.store.close();
  }

  /** Runs a stage, or finds that the project holds its result: equal work is never done twice. */
  async run<Parameters>(request: StageRequest<Parameters>): Promise<StageOutcome> {
    const { stage, label } = request;
    const parameters = parseParameters(stage, request.parameters);
    const hashes = Object.fromEntries(Object.entries(request.inputs).map(([name, { hash }]) => [name, hash]));
    const key = jobKey({ stage: stage.name, stageVersion: stage.version, parameters, inputs: hashes });
    const known = findJob(this.store.sql, key);
    if (known && this.#holdsResult(known)) {
      this.#remember(request, key);
      const outcome = this.outcome(known, true);
      if (this.#rehearsing) return outcome;
      this.#onEvent({ type: 'finished', stage: stage.name, label, ...outcome });
      return outcome;
    }
    if (this.#rehearsing) throw new NotComputed(label);
    startJob(this.store.sql, {
      key,
      stage: stage.name,
      stageVersion: stage.version,
      label,
      parameters: parameters as JsonObject,
      inputs: hashes,
      appVersion,
    });
    const live = request.liveFolder;
    this.#onEvent({
      type: 'started',
      key,
      stage: stage.name,
      label,
      ...(live === undefined ? {} : { liveFolder: join(this.store.workDir, key, live) }),
    });
    const outcome = await this.#compute(request, parameters, key);
    this.#remember(request, key);
    this.#onEvent({ type: 'finished', stage: stage.name, label, ...outcome });
    return outcome;
  }

  async #compute<Parameters>(
    request: StageRequest<Parameters>,
    parameters: Parameters,
    key: string,
  ): Promise<StageOutcome> {
    const { stage, label } = request;
    const started = performance.now();
    const cost = () => ({ seconds: (performance.now() - started) / 1000, peakRssBytes: peakRssBytes() });
    const folder = join(this.store.workDir, key);
    try {
      await mkdir(folder, { recursive: true });
      const result = await this.#runner.run(
        {
          stage: stage.name,
          parameters,
          inputs: Object.fromEntries(Object.entries(request.inputs).map(([name, { path }]) => [name, path])),
          outDir: join(folder, 'out'),
          scratchDir: join(folder, 'scratch'),
          ...(request.conduct === undefined ? {} : { conduct: request.conduct }),
        },
        {
          report: (progress) => this.#onEvent({ type: 'progress', key, label, progress }),
          signal: this.signal,
        },
      );
      const artifact = await commitArtifact(this.store.artifactsDir, join(folder, 'out'));
      finishJob(
        this.store.sql,
        key,
        artifact,
        {
          summary: summaryWithEngine(result),
          problems: result.problems ?? [],
          metrics: result.metrics ?? [],
        },
        cost(),
      );
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      const fault = asDiskFault(error, folder);
      this.#recordStop(key, fault, cost());
      // Data that were refused once will be refused again: most often nothing of that attempt is worth keeping.
      if (fault instanceof FusiformError && !leavesWork(fault)) {
        await rm(folder, { recursive: true, force: true });
      }
      throw fault;
    }
    return this.outcome(this.#job(key), false);
  }

  /**
   * Goes through use cases to see what the project holds of them already: nothing is computed, and what they note down is
   * taken back afterwards. The first result that is not there ends a use case with `NotComputed`.
   */
  async rehearse<T>(action: () => Promise<T>): Promise<T> {
    this.#rehearsing = true;
    try {
      return await takenBack(this.store.sql, action);
    } finally {
      this.#rehearsing = false;
    }
  }

  /** Runs a stage whose summary is all that is wanted: nothing is kept, and no job is recorded. */
  async consult<Parameters>(
    request: Pick<StageRequest<Parameters>, 'stage' | 'label' | 'parameters' | 'inputs'>,
  ): Promise<JsonObject> {
    const { stage, label, inputs } = request;
    const folder = join(this.store.workDir, `consult-${randomUUID()}`);
    try {
      const { summary } = await this.#runner.run(
        {
          stage: stage.name,
          parameters: parseParameters(stage, request.parameters),
          inputs: Object.fromEntries(Object.entries(inputs).map(([name, { path }]) => [name, path])),
          outDir: join(folder, 'out'),
          scratchDir: join(folder, 'scratch'),
        },
        {
          report: (progress) => this.#onEvent({ type: 'progress', key: label, label, progress }),
          signal: this.signal,
        },
      );
      return summary;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #recordStop(key: string, fault: unknown, cost: { seconds: number; peakRssBytes: number }): void {
    try {
      stopJob(this.store.sql, key, {
        state: fault instanceof FusiformError && fault.code === 'JOB_CANCELLED' ? 'cancelled' : 'failed',
        error: fault instanceof FusiformError ? fault.toProblem() : { message: String(fault) },
        ...cost,
      });
    } catch {
      // The store cannot be written either (a full disk): the fault itself is what the user must hear of, and a
      // job left as running is marked as interrupted at the next opening.
    }
  }

  /** Tells of work that comes before a job, such as looking at its files. */
  report(label: string, progress: Progress): void {
    this.#onEvent({ type: 'progress', key: label, label, progress });
  }

  /** The result of a finished job, with the place of its artefact. */
  outcome(job: JobRecord, cached = true): StageOutcome {
    const hash = job.artifact ?? '';
    return {
      key: job.key,
      hash,
      path: join(this.store.artifactsDir, hash),
      cached,
      seconds: job.seconds,
      peakRssBytes: job.peakRssBytes,
      summary: job.summary ?? {},
      problems: job.problems,
    };
  }

  /** What stands under a name, or a clear refusal that lists the names there are. */
  entry(kind: EntryKind, name: string): StageOutcome & { readonly source: string | null } {
    const found = findEntry(this.store.sql, kind, name);
    if (!found) {
      const names = listEntries(this.store.sql, kind).map((entry) => entry.name);
      throw new FusiformError(
        'NAME_UNKNOWN',
        `The project has no ${kind} named "${name}" (${names.length > 0 ? `it has: ${names.join(', ')}` : 'it has none yet'}).`,
        { file: this.store.dir },
      );
    }
    if (!this.#holdsResult(found.job)) {
      throw new FusiformError('ARTIFACT_MISSING', `The files of ${kind} "${name}" are not in the project.`, {
        file: join(this.store.artifactsDir, found.job.artifact ?? ''),
      });
    }
    return { ...this.outcome(found.job), source: found.source };
  }

  /** Lets a name stand for a result that the project holds already. */
  setName(kind: EntryKind, name: string, { key }: StageOutcome): void {
    setEntry(this.store.sql, { kind, name, jobKey: key, source: null });
  }

  entries(kind?: EntryKind): Entry[] {
    return listEntries(this.store.sql, kind);
  }

  #job(key: string): JobRecord {
    const job = findJob(this.store.sql, key);
    if (!job) throw new Error(`Job ${key} has no row.`);
    return job;
  }

  #holdsResult(job: JobRecord): boolean {
    return (
      job.state === 'done' && job.artifact !== null && existsSync(join(this.store.artifactsDir, job.artifact))
    );
  }

  #remember<Parameters>({ entry }: StageRequest<Parameters>, key: string): void {
    if (entry) {
      setEntry(this.store.sql, {
        kind: entry.kind,
        name: entry.name,
        jobKey: key,
        source: entry.source ?? null,
      });
    }
  }
}

/** The most memory that the process (all its threads) has held so far, in bytes. */
export function peakRssBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

function leavesWork({ code }: FusiformError): boolean {
  const definition: ErrorDefinition = errorCodes[code];
  return definition.kind !== 'input' || definition.keepsWork === true;
}

function asDiskFault(error: unknown, file: string): unknown {
  const errno = (error as NodeJS.ErrnoException | undefined)?.code;
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return error;
  return new FusiformError('DISK_FULL', 'The disk is full; nothing of this step was kept.', {
    file,
    cause: error,
  });
}
