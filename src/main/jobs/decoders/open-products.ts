import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PatternProduct } from '../../decoding/affine-decoder.ts';
import { blockVoxels, productOf, splitPattern } from '../../decoding/fixed-point.ts';
import { endRequest, type ProductReply, type ProductThreadData } from './product-request.ts';

/** Memory goes by no faster for more threads than this. */
export const productThreads = 2;

export interface OpenProducts {
  readonly product: PatternProduct;
  /** Why the weights were read into memory; null where they are mapped. */
  readonly whyNotMapped: string | null;
  close(): Promise<void>;
}

/**
 * Opens a file of fixed-point weights for products with patterns, one after another: every thread has some of the blocks of
 * voxels, mapped into the memory of its WebAssembly. Sums are of integers, and exact: the number of threads changes no bit.
 *
 * @param file int16, [blocks, nRows, blockVoxels]
 * @param scales [blocks, nRows]
 */
export async function openProducts(
  file: string,
  scales: Float64Array,
  nRows: number,
  nThreads = productThreads,
): Promise<OpenProducts> {
  const nBlocks = scales.length / nRows;
  const share = Math.ceil(nBlocks / nThreads);
  const parts = Array.from({ length: Math.ceil(nBlocks / share) }, (_, at) => ({
    firstBlock: at * share,
    nBlocks: Math.min(share, nBlocks - at * share),
  }));
  const threads = parts.map(
    (part) =>
      new Worker(new URL('./product-thread.ts', import.meta.url), {
        workerData: { file, nRows, ...part } satisfies ProductThreadData,
      }),
  );
  const close = async () => {
    const running = threads.filter(({ threadId }) => threadId >= 0);
    const ends = running.map((thread) => once(thread, 'exit'));
    for (const thread of running) {
      thread.ref();
      thread.postMessage(endRequest);
    }
    await Promise.all(ends);
  };
  let whyNotMapped: string | null = null;
  try {
    for (const reply of await Promise.all(threads.map(nextReply))) {
      if ('ready' in reply) whyNotMapped ??= reply.whyNotMapped;
    }
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.terminate()));
    throw error;
  }
  let turn: Promise<unknown> = Promise.resolve();
  const multiply = async (pattern: Float32Array) => {
    const { parts: values, scales: patternScales } = splitPattern(pattern);
    const replies = threads.map(nextReply);
    threads.forEach((thread, at) => {
      const { firstBlock, nBlocks: count } = parts[at];
      const width = 2 * blockVoxels;
      thread.postMessage(values.slice(firstBlock * width, (firstBlock + count) * width));
    });
    const sums = new Float64Array(scales.length * 4);
    for (const [at, reply] of (await Promise.all(replies)).entries()) {
      if ('sums' in reply) sums.set(reply.sums, parts[at].firstBlock * nRows * 4);
    }
    return productOf(sums, scales, patternScales);
  };
  return {
    whyNotMapped,
    product: (pattern) => {
      const result = turn.then(() => multiply(pattern));
      turn = result.catch(() => undefined);
      return result;
    },
    close,
  };
}

/** A thread that waits for nothing but work keeps no process alive; one that works does. */
function nextReply(thread: Worker): Promise<ProductReply> {
  return new Promise((resolve, reject) => {
    thread.ref();
    const settle = (finish: () => void) => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      thread.unref();
      finish();
    };
    const onMessage = (reply: ProductReply) =>
      settle(() => ('crash' in reply ? reject(new Error(reply.crash)) : resolve(reply)));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = (code: number) =>
      settle(() => reject(new Error(`A multiplying thread ended unexpectedly with code ${code}.`)));
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}
