import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { blockVoxels, WeightBlocks } from '../../decoding/fixed-point.ts';
import { mapFileOver } from '../../formats/files/mapped-file.ts';
import { readNpyLayout } from '../../formats/npy/npy.ts';
import {
  endRequest,
  type ProductReply,
  type ProductRequest,
  type ProductThreadData,
} from './product-request.ts';

/* A thread of `openProducts`. */

const port = parentPort;
if (!port) throw new Error('The multiplying thread is started by openProducts.');
const reply = (message: ProductReply) => port.postMessage(message);

/** What a part of a file must begin at a multiple of, to be mapped. */
const pageBytes = 65_536;

try {
  const { weights, whyNotMapped } = await openWeights(workerData as ProductThreadData);
  port.on('message', (request: ProductRequest | typeof endRequest) => {
    if (request === endRequest) port.close();
    else {
      const sums = weights.multiply(request);
      port.postMessage({ sums } satisfies ProductReply, [sums.buffer]);
    }
  });
  reply({ ready: true, whyNotMapped });
} catch (error) {
  reply({ crash: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

async function openWeights({ file, nRows, firstBlock, nBlocks }: ProductThreadData) {
  const { valuesAt } = await readNpyLayout(file);
  const blockBytes = nRows * blockVoxels * Int16Array.BYTES_PER_ELEMENT;
  const start = valuesAt + firstBlock * blockBytes;
  const skip = start % pageBytes;
  const weights = new WeightBlocks(nRows, nBlocks, skip);
  try {
    await mapFileOver(file, weights.room, start - skip);
    return { weights, whyNotMapped: null };
  } catch (error) {
    const handle = await open(file);
    try {
      const { bytesRead } = await handle.read(weights.room, skip, nBlocks * blockBytes, start);
      if (bytesRead < nBlocks * blockBytes) throw new RangeError(`${file} became shorter`);
    } finally {
      await handle.close();
    }
    return { weights, whyNotMapped: error instanceof Error ? error.message : String(error) };
  }
}
