import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  readSafetensorsFile,
  readSafetensorsHeader,
  writeSafetensorsFile,
} from '../../formats/safetensors/safetensors.ts';
import type { FoldSums } from '../../glm/cross-validated-gain.ts';
import { NormalEquations, pieceName } from '../../glm/streaming.ts';
import { matrix } from '../../math/matrix.ts';
import type { StageContext } from '../stage.ts';

const conductSchema = z.object({
  /** A large study's sums are written now and then, not after every run. */
  checkpointEveryMs: z.number().default(60_000),
});

interface Part {
  readonly file: string;
  /** Names of the runs in it. */
  readonly seen: string[];
}

/**
 * The sums of an encoding model while its runs are added: one set of them, or one a fold of the runs. One set alone is in
 * memory; the others wait on the disk, as does what a killed process goes on from.
 */
export class EncodingSums {
  readonly #parts: readonly Part[];
  readonly #create: () => NormalEquations;
  readonly #everyMs: number;
  #current: { readonly fold: number; readonly equations: NormalEquations } | null = null;
  #saved = performance.now();

  private constructor(parts: readonly Part[], create: () => NormalEquations, everyMs: number) {
    this.#parts = parts;
    this.#create = create;
    this.#everyMs = everyMs;
  }

  /** @param folds 0 for one set of sums */
  static async open(
    { scratchDir, conduct }: StageContext,
    names: readonly string[],
    nVoxels: number,
    folds: number,
  ): Promise<EncodingSums> {
    const files =
      folds === 0 ? ['equations.safetensors'] : Array.from({ length: folds }, (_, at) => foldFile(at));
    const parts: Part[] = [];
    for (const name of files) {
      const file = join(scratchDir, name);
      const seen = existsSync(file)
        ? (JSON.parse((await readSafetensorsHeader(file)).metadata.runs) as string[])
        : [];
      parts.push({ file, seen });
    }
    const create = () => NormalEquations.create(names, nVoxels, { precision: 'float32' });
    return new EncodingSums(parts, create, conductSchema.parse(conduct).checkpointEveryMs);
  }

  /** Runs that are in the sums. */
  get seen(): readonly string[] {
    return this.#parts.flatMap(({ seen }) => seen);
  }

  /** The sums of a fold, to add a run to. */
  async of(fold: number): Promise<NormalEquations> {
    if (this.#current?.fold !== fold) {
      await this.#save();
      this.dispose();
      const { file } = this.#parts[fold];
      this.#current = { fold, equations: existsSync(file) ? await readSums(file) : this.#create() };
    }
    return this.#current.equations;
  }

  /** To be called after a run was added to `of(fold)`. */
  async added(fold: number, run: string): Promise<void> {
    this.#parts[fold].seen.push(run);
    if (performance.now() - this.#saved >= this.#everyMs) await this.#save();
  }

  /** The sums of all runs; those of the folds go into `outDir`. */
  async finish(outDir: string): Promise<NormalEquations> {
    if (this.#parts.length === 1) return this.of(0);
    await this.#save();
    this.dispose();
    let total: NormalEquations | undefined;
    for (const [fold, { file, seen }] of this.#parts.entries()) {
      if (seen.length === 0) continue;
      await copyFile(file, join(outDir, foldFile(fold)));
      const part = await readSums(file);
      if (total) await total.merge(part);
      else total = part;
    }
    return total ?? this.#create();
  }

  /** Gives back what the sums hold on an engine. */
  dispose(): void {
    this.#current?.equations.dispose();
    this.#current = null;
  }

  async #save(): Promise<void> {
    if (!this.#current) return;
    const { file, seen } = this.#parts[this.#current.fold];
    if (seen.length === 0) return;
    await writeSums(file, this.#current.equations, { runs: JSON.stringify(seen) });
    this.#saved = performance.now();
  }
}

export function foldFile(fold: number): string {
  return `fold-${fold + 1}.safetensors`;
}

/** The sums as a file, which are at no time in memory twice. */
export async function writeSums(
  path: string,
  equations: NormalEquations,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { arrays, late } = await equations.toSave();
  await writeSafetensorsFile(path, { ...arrays, ...late }, metadata);
}

async function readSums(file: string): Promise<NormalEquations> {
  return NormalEquations.fromNamedArrays((await readSafetensorsFile(file)).arrays);
}

/** One fold of an encoding model's runs. */
export interface FoldOfRuns {
  readonly runs: readonly string[];
  /** Its sums, all of them; a fold's are as large as the whole model's. */
  read(): Promise<NormalEquations>;
}

/** The folds of runs in an encoding model's folder; none where it has no folds. */
export async function foldsOfRuns(folder: string): Promise<FoldOfRuns[]> {
  const folds: FoldOfRuns[] = [];
  for (let fold = 0; fold < maximumFolds; fold += 1) {
    const file = join(folder, foldFile(fold));
    if (!existsSync(file)) continue;
    const { metadata } = await readSafetensorsHeader(file);
    folds.push({ runs: JSON.parse(metadata.runs) as string[], read: () => readSums(file) });
  }
  return folds;
}

/** The sums of the folds in an encoding model's folder, of which X'Y is read piece by piece; none where it has no folds. */
export async function readFolds(folder: string): Promise<FoldSums[]> {
  const folds: FoldSums[] = [];
  for (let fold = 0; fold < maximumFolds; fold += 1) {
    const file = join(folder, foldFile(fold));
    if (!existsSync(file)) continue;
    const { arrays } = await readSafetensorsFile(file, ['gram', 'sumOfSquares', 'counts']);
    const [nObservations, nuisanceRank] = arrays.counts.data;
    const [n] = arrays.gram.shape;
    folds.push({
      gram: matrix(n, n, Float64Array.from(arrays.gram.data)),
      squares: Float64Array.from(arrays.sumOfSquares.data),
      nEffectiveObservations: nObservations - nuisanceRank,
      crossProduct: async ({ start }) => {
        const name = pieceName(start);
        return (await readSafetensorsFile(file, [name])).arrays[name].data;
      },
    });
  }
  return folds;
}

/** More folds than this cost more than they tell. */
export const maximumFolds = 20;
