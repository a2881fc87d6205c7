import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import type { Problem } from '../../shared/errors.ts';
import type { OnJobEvent } from '../../shared/job-events.ts';
import type { JsonObject } from '../../shared/json.ts';
import { appVersion } from '../../shared/version.ts';
import { asWriteError } from '../formats/files/atomic-write.ts';
import { readJsonFile, writeJsonFile } from '../formats/json/json.ts';
import { jobKey } from '../jobs/job-key.ts';
import { parseParameters, type Stage } from '../jobs/stage.ts';
import { ThreadRunner } from '../jobs/thread-runner.ts';
import { summaryWithEngine } from './engine-record.ts';
import type { Input, StageOutcome } from './workspace.ts';
import { peakRssBytes } from './workspace.ts';

/** What a folder of results says of itself: enough to know that the same command has nothing to do. */
const receiptSchema = z.object({
  key: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
  seconds: z.number(),
  peakRssBytes: z.number(),
  summary: z.record(z.string(), z.json()),
  problems: z.array(z.unknown()),
});

const receiptName = 'fusiform.json';

export interface StandaloneRequest<Parameters> {
  readonly stage: Stage<Parameters>;
  readonly label: string;
  readonly parameters: Parameters;
  readonly inputs: Readonly<Record<string, Input>>;
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

/**
 * Runs a stage into a folder of the user's own, without a project. Results are moved in when all are complete, the
 * receipt last: a folder with a receipt is whole.
 */
export async function runStandalone<Parameters>(
  request: StandaloneRequest<Parameters>,
): Promise<StageOutcome> {
  const { stage, label, inputs, onEvent } = request;
  const outDir = resolve(request.outDir);
  const parameters = parseParameters(stage, request.parameters);
  const hashes = Object.fromEntries(Object.entries(inputs).map(([name, { hash }]) => [name, hash]));
  const key = jobKey({ stage: stage.name, stageVersion: stage.version, parameters, inputs: hashes });
  const known = await readReceipt(outDir);
  if (known?.key === key && (await isWhole(outDir, known.files))) {
    const outcome = toOutcome(known, outDir, true);
    onEvent({ type: 'finished', stage: stage.name, label, ...outcome });
    return outcome;
  }
  onEvent({ type: 'started', key, stage: stage.name, label });
  const started = performance.now();
  const work = join(outDir, `.fusiform-${key.slice(0, 12)}`);
  const runner = new ThreadRunner();
  try {
    await mkdir(work, { recursive: true });
    const result = await runner.run(
      {
        stage: stage.name,
        parameters,
        inputs: Object.fromEntries(Object.entries(inputs).map(([name, { path }]) => [name, path])),
        outDir: join(work, 'out'),
        scratchDir: join(work, 'scratch'),
      },
      {
        report: (progress) => onEvent({ type: 'progress', key, label, progress }),
        signal: request.signal,
      },
    );
    const files = await moveInto(outDir, join(work, 'out'));
    const receipt = {
      key,
      fusiform: appVersion,
      stage: stage.name,
      parameters,
      inputs: hashes,
      files,
      seconds: (performance.now() - started) / 1000,
      peakRssBytes: peakRssBytes(),
      summary: summaryWithEngine(result) as z.output<typeof receiptSchema>['summary'],
      problems: [...(result.problems ?? [])],
    };
    await writeJsonFile(join(outDir, receiptName), receipt);
    await rm(work, { recursive: true, force: true });
    const outcome = toOutcome(receipt, outDir, false);
    onEvent({ type: 'finished', stage: stage.name, label, ...outcome });
    return outcome;
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    // Only a folder that is empty goes: what was there before stays.
    await rmdir(outDir).catch(() => undefined);
    throw asWriteError(error, outDir);
  } finally {
    await runner.close();
  }
}

async function readReceipt(outDir: string): Promise<z.output<typeof receiptSchema> | undefined> {
  const path = join(outDir, receiptName);
  return existsSync(path) ? receiptSchema.safeParse(await readJsonFile(path)).data : undefined;
}

async function isWhole(outDir: string, files: readonly { name: string; bytes: number }[]): Promise<boolean> {
  const sizes = await Promise.all(
    files.map(({ name }) =>
      stat(join(outDir, name)).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  );
  return files.every(({ bytes }, index) => sizes[index] === bytes);
}

async function moveInto(outDir: string, work: string): Promise<{ name: string; bytes: number }[]> {
  const entries = await readdir(work, { recursive: true, withFileTypes: true });
  const files: { name: string; bytes: number }[] = [];
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const from = join(entry.parentPath, entry.name);
    const name = relative(work, from);
    files.push({ name, bytes: (await stat(from)).size });
    await mkdir(dirname(join(outDir, name)), { recursive: true });
    await rename(from, join(outDir, name));
  }
  return files;
}

function toOutcome(
  receipt: Pick<z.output<typeof receiptSchema>, 'key' | 'seconds' | 'peakRssBytes' | 'summary' | 'problems'>,
  outDir: string,
  cached: boolean,
): StageOutcome {
  return {
    key: receipt.key,
    hash: receipt.key,
    path: outDir,
    cached,
    seconds: receipt.seconds,
    peakRssBytes: receipt.peakRssBytes,
    summary: receipt.summary as JsonObject,
    problems: receipt.problems as Problem[],
  };
}
