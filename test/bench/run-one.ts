import { pathToFileURL } from 'node:url';
import type { Benchmark, Row } from './benchmark.ts';

/* Runs one benchmark file in a process of its own and sends its rows to the parent. */

/** What the parent is sent. */
export type Reply = { readonly rows: readonly Row[] };

const { benchmark } = (await import(pathToFileURL(process.argv[2]).href)) as { benchmark: Benchmark };
const reply: Reply = { rows: await benchmark.run() };
process.send?.(reply, () => process.exit());
