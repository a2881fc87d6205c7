import { parentPort, workerData } from 'node:worker_threads';
import { readTable } from '../../formats/tsv/table.ts';
import { columnsOf } from './face-columns.ts';

/** Parsing 200,000 rows of 40 labels takes seconds: it happens here, and only the columns come back. */
const columns = columnsOf(await readTable(workerData as string));
parentPort?.postMessage(
  columns,
  columns.columns.map(({ codes }) => codes.buffer as ArrayBuffer),
);
