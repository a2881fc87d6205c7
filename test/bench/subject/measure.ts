import { fork } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Engine, EngineKind } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import { readJsonFile } from '../../../src/main/formats/json/json.ts';
import { fitEncodingStage } from '../../../src/main/jobs/stages/fit-encoding.ts';
import type { EncodingSubject } from '../../encoding-subject.ts';
import { stageContext } from '../../jobs/stage-context.ts';
import { peakProduct } from '../peak-product.ts';
import { manifestFile } from './paper-subject.ts';

/** `fit`: the encoding model of the first runs. `reference`: their decompression, and as many multiplications. */
export type Kind = 'fit' | 'reference';

export interface Measured {
  readonly seconds: number;
  /** The most memory that the process ever held. */
  readonly residentBytes: number;
}

interface Task {
  readonly kind: Kind;
  readonly folder: string;
  readonly nRuns: number;
  readonly engine: EngineKind;
  readonly flops: number;
}

/** Measures in a process of its own, so that its memory is its own too. */
export function measure(task: Task): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let measured: Measured | null = null;
    child.on('message', (message) => {
      measured = message as Measured;
    });
    child.on('exit', (code, signal) => {
      if (measured !== null) resolve(measured);
      else reject(new Error(`${task.kind} of ${task.nRuns} runs ended with ${signal ?? code}`));
    });
  });
}

async function fit({ folder, nRuns, engine: kind }: Task, engine: Engine): Promise<void> {
  const subject = (await readJsonFile(join(folder, manifestFile))) as unknown as EncodingSubject;
  const context = await stageContext(join(folder, `fit-${process.pid}`), { inputs: subject.inputs, engine });
  const runs = subject.runs.slice(0, nRuns);
  await fitEncodingStage.perform(
    { runs, settings: {}, noise: 'ar1', maskThreshold: 0.5, folds: 0, engine: kind },
    context,
  );
}

async function reference({ folder, nRuns, flops }: Task, engine: Engine): Promise<void> {
  const { runs, inputs } = (await readJsonFile(join(folder, manifestFile))) as unknown as EncodingSubject;
  for (const { name } of runs.slice(0, nRuns)) {
    const file = createReadStream(inputs[`${name}:bold`], { highWaterMark: 1 << 20 });
    for await (const _ of file.pipe(createGunzip({ chunkSize: 1 << 20 })));
  }
  const peak = peakProduct(engine);
  await peak.run(flops);
  peak.dispose();
}

// Run by itself, it is the process that is measured.
if (process.argv[1] === import.meta.filename) {
  const task = JSON.parse(process.argv[2]) as Task;
  const { engine } = await openEngine(task.engine);
  const started = performance.now();
  await (task.kind === 'fit' ? fit(task, engine) : reference(task, engine));
  const measured: Measured = {
    seconds: (performance.now() - started) / 1000,
    residentBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.send?.(measured, () => process.exit());
}
