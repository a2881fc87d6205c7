import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { readTable } from '../../formats/tsv/table.ts';
import { columnsOf, type FaceColumns } from './face-columns.ts';

/** Up to this size a table is read sooner than a thread begins. */
const smallBytes = 1 << 20;

/** A table of faces by columns; a large one is read in a thread of its own. @throws FusiformError as `readTable` */
export async function readFaceColumns(path: string): Promise<FaceColumns> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= smallBytes) return columnsOf(await readTable(path));
  const worker = new Worker(new URL('./face-columns-thread.ts', import.meta.url), { workerData: path });
  const [columns] = (await once(worker, 'message')) as [FaceColumns];
  return columns;
}
