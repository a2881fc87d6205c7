import type { Problem } from '../../../shared/errors.ts';
import type { Closeness, Neighbour } from '../../decoding/neighbours.ts';
import type { EngineKind } from '../../engine/engine.ts';
import type { CodeStatistics } from '../../generative/code-statistics.ts';
import type { SampleSource } from '../stages/sample-faces.ts';

/** What a model that is kept loaded is asked for. */
export type WarmTask =
  /** Codes [n, latentDim] to pictures. */
  | { readonly kind: 'decode'; readonly codes: Float32Array }
  /** Faces of a set (folder of its artefact), by their positions, to codes. */
  | { readonly kind: 'encode'; readonly faces: string; readonly indices: readonly number[] }
  /** The faces of a set that are nearest to a code, among its codes (folder of their artefact). */
  | {
      readonly kind: 'nearest';
      readonly latents: string;
      readonly code: Float32Array;
      readonly count: number;
      readonly by: Closeness;
    }
  /** How the codes of a set are spread. */
  | { readonly kind: 'statistics'; readonly latents: string }
  /** Random codes; `latents` where they imitate those of a set. */
  | {
      readonly kind: 'draw';
      readonly from: SampleSource;
      readonly latents: string | null;
      readonly count: number;
      readonly seed: number;
    };

export interface WarmAnswers {
  /** Pictures, each [imageSize, imageSize, 3], bytes. */
  readonly decode: { readonly imageSize: number; readonly pictures: readonly Uint8Array[] };
  /** [n, latentDim] */
  readonly encode: { readonly latentDim: number; readonly codes: Float32Array };
  readonly nearest: readonly Neighbour[];
  readonly statistics: CodeStatistics;
  /** [count, latentDim] */
  readonly draw: Float32Array;
}

export interface WarmRequest {
  readonly id: number;
  /** Folder of the model's artefact. */
  readonly model: string;
  readonly engine: EngineKind;
  readonly task: WarmTask;
}

export type WarmReply =
  | { readonly id: number; readonly type: 'done'; readonly answer: WarmAnswers[WarmTask['kind']] }
  | { readonly id: number; readonly type: 'failed'; readonly problem: Problem }
  | { readonly id: number; readonly type: 'crashed'; readonly message: string; readonly stack: string };
