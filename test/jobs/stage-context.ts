import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../src/main/engine/engine.ts';
import type { StageContext } from '../../src/main/jobs/stage.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import type { ReportProgress } from '../../src/shared/progress.ts';

export interface StageContextOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly engine?: Engine;
  readonly signal?: AbortSignal;
  readonly report?: ReportProgress;
  readonly conduct?: JsonObject;
}

/** What a stage is handed when it is performed in this thread; it writes into `folder`. */
export async function stageContext(folder: string, options: StageContextOptions): Promise<StageContext> {
  const outDir = join(folder, 'out');
  const scratchDir = join(folder, 'scratch');
  await mkdir(outDir, { recursive: true });
  await mkdir(scratchDir, { recursive: true });
  const { inputs, engine, signal = new AbortController().signal, report = () => undefined } = options;
  return {
    inputs,
    outDir,
    scratchDir,
    conduct: options.conduct ?? {},
    signal,
    report,
    engine: async () => {
      if (engine === undefined) throw new Error('This stage was not to compute on an engine');
      return engine;
    },
  };
}
