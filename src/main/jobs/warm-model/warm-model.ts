import { Worker } from 'node:worker_threads';
import { errorFromProblem, FusiformError } from '../../../shared/errors.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { configureProcess } from '../../engine/native/open.ts';
import { threadsOfEnvironment } from '../../engine/open-kind.ts';
import { endWorker } from '../end-worker.ts';
import type { WarmAnswers, WarmReply, WarmRequest, WarmTask } from './messages.ts';

/** Requests that may wait at a time; more come from no person. */
const waitingLimit = 64;

export interface WarmModelOptions {
  /** Without a request for so long the model is given back. */
  readonly idleMs: number;
}

export interface WarmAsk<Task extends WarmTask> {
  readonly model: string;
  readonly engine: EngineKind;
  readonly task: Task;
  /**
   * What shows the answer, such as one view of one window: a request that still waits is dropped when a newer one
   * comes for the same place. Null: never dropped.
   */
  readonly place: string | null;
}

interface Waiting {
  readonly ask: WarmAsk<WarmTask>;
  readonly resolve: (answer: WarmAnswers[WarmTask['kind']]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A model that stays loaded in a thread of its own, so that a code becomes a picture at once. One request is computed
 * at a time; of those that wait, the newest for each place.
 */
export class WarmModel {
  readonly #idleMs: number;
  #worker: Worker | null = null;
  #closing: Promise<void> | null = null;
  #waiting: Waiting[] = [];
  #current: Waiting | null = null;
  #nextId = 1;
  #idle: NodeJS.Timeout | null = null;

  constructor({ idleMs }: WarmModelOptions) {
    this.#idleMs = idleMs;
  }

  /** Whether a thread holds a model, or is about to. */
  get isWarm(): boolean {
    return this.#worker !== null;
  }

  /** @throws FusiformError DECODING_SUPERSEDED, DECODING_BUSY, ENGINE_..., what the model refuses */
  ask<Task extends WarmTask>(ask: WarmAsk<Task>): Promise<WarmAnswers[Task['kind']]> {
    const answer = new Promise<WarmAnswers[WarmTask['kind']]>((resolve, reject) => {
      if (ask.place !== null) this.#drop(({ place }) => place === ask.place);
      if (this.#waiting.length >= waitingLimit) {
        reject(
          new FusiformError('DECODING_BUSY', `${waitingLimit} requests wait for the loaded model already.`),
        );
        return;
      }
      this.#waiting.push({ ask, resolve, reject });
      void this.#next();
    });
    return answer as Promise<WarmAnswers[Task['kind']]>;
  }

  /** Gives memory back as soon as nothing is asked for; the next request loads anew. */
  release(): void {
    if (this.#current === null && this.#waiting.length === 0) void this.#end();
  }

  async close(): Promise<void> {
    this.#drop(() => true);
    await this.#end();
  }

  #drop(which: (ask: WarmAsk<WarmTask>) => boolean): void {
    const dropped = this.#waiting.filter(({ ask }) => which(ask));
    this.#waiting = this.#waiting.filter(({ ask }) => !which(ask));
    for (const { reject } of dropped)
      reject(new FusiformError('DECODING_SUPERSEDED', 'A newer request took the place of this one.'));
  }

  async #next(): Promise<void> {
    if (this.#current !== null) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#idle = setTimeout(() => this.release(), this.#idleMs);
      this.#idle.unref();
      return;
    }
    this.#current = waiting;
    if (this.#idle !== null) clearTimeout(this.#idle);
    try {
      await this.#closing;
      waiting.resolve(await this.#send(this.#start(), waiting.ask));
    } catch (error) {
      // An engine that failed is not to be trusted with the next request.
      if (error instanceof FusiformError && error.code.startsWith('ENGINE_')) void this.#end();
      waiting.reject(error);
    } finally {
      this.#current = null;
      void this.#next();
    }
  }

  #send(worker: Worker, { model, engine, task }: WarmAsk<WarmTask>): Promise<WarmAnswers[WarmTask['kind']]> {
    const request: WarmRequest = { id: this.#nextId++, model, engine, task };
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        // An idle one keeps no program alive that has nothing else to do.
        worker.unref();
        finish();
      };
      const onMessage = (reply: WarmReply) => {
        if (reply.id !== request.id) return;
        settle(() => {
          if (reply.type === 'done') resolve(reply.answer);
          else if (reply.type === 'failed') reject(errorFromProblem(reply.problem));
          else reject(Object.assign(new Error(reply.message), { stack: reply.stack }));
        });
      };
      // A thread that died takes its model along: the next request starts another.
      const onError = (error: unknown) => {
        this.#worker = null;
        settle(() => reject(error));
      };
      const onExit = (code: number) => onError(new Error(`The model's thread ended with code ${code}.`));
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.ref();
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    configureProcess(threadsOfEnvironment());
    this.#worker ??= new Worker(new URL('./thread.ts', import.meta.url));
    return this.#worker;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (this.#idle !== null) clearTimeout(this.#idle);
    if (worker === null) return this.#closing ?? undefined;
    this.#closing = endWorker(worker).then(() => {
      this.#closing = null;
    });
    await this.#closing;
  }
}
