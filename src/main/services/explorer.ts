import { join } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { mapFile } from '../formats/files/mapped-file.ts';
import { openNpyRows } from '../formats/npy/rows.ts';
import { activeVariance, type CodeStatistics, rankLatents } from '../generative/code-statistics.ts';
import { interpolateLinearly, interpolateSpherically } from '../generative/interpolation.ts';
import { attributeAxesStage, readAttributeAxes } from '../jobs/stages/attribute-axes.ts';
import { describeLatentModel, readPriorMean } from '../jobs/stages/latent-model-files.ts';
import { latentsFiles } from '../jobs/stages/latents.ts';
import type { SampleSource } from '../jobs/stages/sample-faces.ts';
import type { WarmAnswers, WarmTask } from '../jobs/warm-model/messages.ts';
import { WarmModel } from '../jobs/warm-model/warm-model.ts';
import { jobInputs, jobsThatRead } from '../store/jobs.ts';
import { chooseEngine, type EngineKind } from './engines.ts';
import { latentsName } from './latents.ts';
import { readSettings } from './settings.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

/** A model that nobody looks through for so long is given back. */
const idleMs = 120_000;

/** What is known of the latents of a model over a face set. */
export interface LatentSpread {
  readonly n: number;
  /** Of each latent, [latentDim]. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Latents, counted from 0, the most used first. */
  readonly order: readonly number[];
  /** How many have a variance above 0.01 (Burda et al. 2016). */
  readonly active: number;
}

export interface AttributeDirection {
  readonly name: string;
  readonly kind: 'class' | 'number';
  /** Balanced accuracy on faces that were left out; null of a number. */
  readonly accuracy: number | null;
  /** One unit: from the mean code of the others to that of the class, [latentDim]. */
  readonly direction: readonly number[];
}

/** Looks through one model at a time, at once: it stays loaded while it is asked. */
export class Explorer {
  readonly #workspace: Workspace;
  readonly #warm = new WarmModel({ idleMs });
  /** By the artefact of the codes. */
  readonly #spreads = new Map<string, LatentSpread>();
  /** What was chosen, and the settings by which it was. */
  #engine: { readonly by: string; readonly kind: Promise<EngineKind> } | null = null;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Whether a model is loaded now. */
  get isWarm(): boolean {
    return this.#warm.isWarm;
  }

  /** Gives the memory back unless something is asked for. */
  release(): void {
    this.#warm.release();
  }

  close(): Promise<void> {
    return this.#warm.close();
  }

  /** The models that can be looked through, with the face sets whose codes the project holds. */
  async models() {
    const faceSets = this.#workspace.entries('faces').map(({ name }) => ({
      name,
      hash: this.#workspace.entry('faces', name).hash,
    }));
    const encoded = new Set(this.#workspace.entries('latents').map(({ name }) => name));
    return Promise.all(
      this.#workspace.entries('model').map(async ({ name }) => {
        const { hash, key, path } = this.#workspace.entry('model', name);
        const { faces } = jobInputs(this.#workspace.store.sql, key);
        return {
          name,
          artifact: hash,
          ...(await describeLatentModel(path)),
          trainedOn: faceSets.find((set) => set.hash === faces)?.name ?? null,
          encoded: faceSets
            .map((set) => set.name)
            .filter((set) => encoded.has(latentsName(name, set)) && this.#latents(name, set) !== null),
        };
      }),
    );
  }

  /**
   * Pictures of codes.
   *
   * @param artifact of a model of the project.
   * @throws FusiformError NAME_UNKNOWN, LATENT_SIZE_MISMATCH, LATENTS_NOT_FINITE, DECODING_SUPERSEDED
   */
  async decode(
    artifact: string,
    codes: Float32Array,
    { place, limit }: { readonly place: string | null; readonly limit: number },
  ): Promise<WarmAnswers['decode']> {
    const model = this.#modelOf(artifact);
    const { latentDim } = await describeLatentModel(model.path);
    if (codes.length === 0 || codes.length % latentDim !== 0 || codes.length / latentDim > limit) {
      throw new FusiformError(
        'LATENT_SIZE_MISMATCH',
        `${codes.length} numbers are not 1 to ${limit} codes of ${latentDim} latents.`,
      );
    }
    const wrong = codes.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new FusiformError(
        'LATENTS_NOT_FINITE',
        `Code ${Math.floor(wrong / latentDim) + 1} holds ${codes[wrong]}.`,
      );
    }
    return this.#ask(model, { kind: 'decode', codes }, place);
  }

  /** How the codes of a set are spread; null where the project does not hold them. */
  async spread(model: string, faces: string): Promise<LatentSpread | null> {
    const latents = this.#latents(model, faces);
    if (latents === null) return null;
    const known = this.#spreads.get(latents.hash);
    if (known !== undefined) return known;
    const entry = this.#workspace.entry('model', model);
    const spread = spreadOf(await this.#ask(entry, { kind: 'statistics', latents: latents.path }, null));
    this.#spreads.set(latents.hash, spread);
    return spread;
  }

  /** Attributes of a set that were learnt from its codes; null where none were. */
  async axes(model: string, faces: string): Promise<AttributeDirection[] | null> {
    const latents = this.#latents(model, faces);
    if (latents === null) return null;
    const [job] = jobsThatRead(this.#workspace.store.sql, attributeAxesStage.name, {
      name: 'latents',
      hash: latents.hash,
    });
    if (job === undefined) return null;
    const learnt = await readAttributeAxes(this.#workspace.outcome(job).path);
    return learnt.flatMap((attribute) =>
      attribute.kind === 'not judged'
        ? []
        : [
            {
              name: attribute.name,
              kind: attribute.kind,
              accuracy: attribute.heldOut?.axis ?? null,
              direction: Array.from(attribute.axis.direction),
            },
          ],
    );
  }

  /** The code of a face: the one that the project holds, else computed now. @throws RangeError */
  async code(model: string, faces: string, index: number): Promise<Float32Array> {
    const latents = this.#latents(model, faces);
    if (latents === null) {
      const set = this.#workspace.entry('faces', faces).path;
      const task = { kind: 'encode', faces: set, indices: [index] } as const;
      return (await this.#ask(this.#workspace.entry('model', model), task, null)).codes;
    }
    return codeOf(latents.path, index);
  }

  /** The faces of a set whose codes are nearest to a code, nearest first. @throws FusiformError NAME_UNKNOWN */
  async nearest(
    model: string,
    faces: string,
    code: Float32Array,
    options: { readonly count: number; readonly by: 'correlation' | 'euclidean' },
  ): Promise<WarmAnswers['nearest']> {
    const latents = this.#workspace.entry('latents', latentsName(model, faces)).path;
    const entry = this.#workspace.entry('model', model);
    return this.#ask(entry, { kind: 'nearest', latents, code, ...options }, `nearest ${model}/${faces}`);
  }

  /** Codes on the way between two, both among them. */
  async between(
    model: string,
    [from, to]: readonly [readonly number[], readonly number[]],
    { steps, way }: { readonly steps: number; readonly way: 'linear' | 'spherical' },
  ): Promise<number[][]> {
    const { path } = this.#workspace.entry('model', model);
    const centre = (await readPriorMean(path)) ?? new Float32Array(from.length);
    return Array.from({ length: steps }, (_, at) => {
      const t = at / (steps - 1);
      return Array.from(
        way === 'spherical' ? interpolateSpherically(from, to, t, centre) : interpolateLinearly(from, to, t),
      );
    });
  }

  /** Random codes, [count][latentDim]. @throws FusiformError PRIOR_MISSING, NAME_UNKNOWN */
  async draw(
    model: string,
    {
      faces,
      ...options
    }: {
      readonly faces: string | null;
      readonly count: number;
      readonly from: SampleSource;
      readonly seed: number;
    },
  ): Promise<number[][]> {
    const entry = this.#workspace.entry('model', model);
    const latents =
      options.from === 'codes'
        ? this.#workspace.entry('latents', latentsName(model, faces ?? '')).path
        : null;
    const codes = await this.#ask(entry, { kind: 'draw', ...options, latents }, null);
    const latentDim = codes.length / options.count;
    return Array.from({ length: options.count }, (_, at) =>
      Array.from(codes.subarray(at * latentDim, (at + 1) * latentDim)),
    );
  }

  async #ask<Task extends WarmTask>(
    { path }: StageOutcome,
    task: Task,
    place: string | null,
  ): Promise<WarmAnswers[Task['kind']]> {
    const kind = await this.#engineKind();
    return this.#warm.ask({ model: path, engine: kind, task, place });
  }

  /** Chosen once for as long as the settings stay: engines that fail are tried for a second each time. */
  async #engineKind(): Promise<EngineKind> {
    const by = JSON.stringify([process.env.FUSIFORM_ENGINE, await readSettings()]);
    if (this.#engine?.by !== by) {
      const kind = chooseEngine('preferred').then((choice) => choice.kind);
      this.#engine = { by, kind };
      kind.catch(() => {
        this.#engine = null;
      });
    }
    return this.#engine.kind;
  }

  #modelOf(artifact: string): StageOutcome {
    for (const { name } of this.#workspace.entries('model')) {
      const entry = this.#workspace.entry('model', name);
      if (entry.hash === artifact) return entry;
    }
    throw new FusiformError('NAME_UNKNOWN', `The project has no model whose artefact is ${artifact}.`);
  }

  /** The codes of a set by a model as both are now. */
  #latents(model: string, faces: string): StageOutcome | null {
    const name = latentsName(model, faces);
    if (!this.#workspace.entries('latents').some((entry) => entry.name === name)) return null;
    const latents = this.#workspace.entry('latents', name);
    const inputs = jobInputs(this.#workspace.store.sql, latents.key);
    const isCurrent =
      inputs.model === this.#workspace.entry('model', model).hash &&
      inputs.faces === this.#workspace.entry('faces', faces).hash;
    return isCurrent ? latents : null;
  }
}

function spreadOf(statistics: CodeStatistics): LatentSpread {
  const { n, mean, variance } = statistics;
  return {
    n,
    mean: Array.from(mean),
    deviation: Array.from(variance, Math.sqrt),
    order: Array.from(rankLatents(statistics)),
    active: variance.filter((value) => value > activeVariance).length,
  };
}

async function codeOf(latents: string, index: number): Promise<Float32Array> {
  const rows = await openNpyRows(join(latents, latentsFiles.codes), mapFile, 'float32');
  try {
    const bytes = rows.row(index).slice();
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  } finally {
    rows.close();
  }
}
