import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { errorFromProblem } from '../../shared/errors.ts';
import type { Matrix } from '../math/matrix.ts';
import {
  endRequest,
  type SeriesReaderData,
  type SeriesReply,
  type SeriesRequest,
} from './series-reader-request.ts';

export interface ReadSeries {
  /** [nVolumes, nVoxels] */
  readonly values: Float32Array;
  /** The noise's correlation from volume to volume, which was taken out, and the voxels' means with it; 0: nothing was. */
  readonly rho: number;
}

/**
 * Reads time series in a thread of its own, one after another, so that a run is decompressed while the one before it
 * is computed with: a thread that computes answers nobody.
 */
export class SeriesReader {
  readonly #indices: Uint32Array;
  #worker: Worker | undefined;
  #nextId = 0;
  /** Memory of runs that were used, to read into. */
  readonly #spare: ArrayBuffer[] = [];

  /** @param indices flat voxel indices, x fastest */
  constructor(indices: Uint32Array) {
    this.#indices = indices;
  }

  /**
   * @param whitenBehind [nVolumes, columns]: what is no noise, where AR(1) noise is to be made white (`estimateAr1`)
   * @throws FusiformError as `finiteValues`; the reason of an aborted signal
   */
  read(path: string, whitenBehind: Matrix | null, signal: AbortSignal): Promise<ReadSeries> {
    this.#worker ??= new Worker(new URL('./series-reader-thread.ts', import.meta.url), {
      workerData: { indices: this.#indices } satisfies SeriesReaderData,
    });
    const worker = this.#worker;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        signal.removeEventListener('abort', onAbort);
        finish();
      };
      const onMessage = (reply: SeriesReply) => {
        if (reply.id !== id) return;
        if ('values' in reply) settle(() => resolve(reply));
        else if ('problem' in reply) settle(() => reject(errorFromProblem(reply.problem)));
        else settle(() => reject(new Error(reply.crash)));
      };
      const onError = (error: unknown) => settle(() => reject(error));
      const onExit = (code: number) =>
        settle(() => reject(new Error(`The reading thread ended unexpectedly with code ${code}.`)));
      const onAbort = () => {
        settle(() => reject(signal.reason));
        // It keeps no process alive that has nothing else to do.
        this.#end()?.unref();
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      const into = this.#spare.pop();
      const request: SeriesRequest = { id, path, into, whitenBehind };
      worker.postMessage(request, into === undefined ? [] : [into]);
    });
  }

  /** Hands in what was read and is no longer needed: its memory serves another run. */
  recycle(values: Float32Array): void {
    if (values.buffer instanceof ArrayBuffer) this.#spare.push(values.buffer);
  }

  async close(): Promise<void> {
    const worker = this.#end();
    if (worker !== undefined) await once(worker, 'exit');
  }

  /**
   * Asked, not forced: a thread may not be terminated where another has a graphics device open. A run that it is
   * reading it reads to the end, for nobody.
   */
  #end(): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.postMessage(endRequest);
    return worker;
  }
}
