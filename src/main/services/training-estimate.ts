import { availableParallelism, totalmem } from 'node:os';
import type { EngineKind } from '../engine/engine.ts';
import { totalSteps, type VaeGanConfig } from '../generative/vaegan/config.ts';
import {
  estimateMemory,
  estimateSize,
  fittingMicroBatch,
  type SizeEstimate,
} from '../generative/vaegan/estimate.ts';
import { estimateTrainingStage } from '../jobs/stages/estimate-training.ts';
import { splitFaces } from '../jobs/stages/held-out.ts';
import { stepsAnEpoch } from './training-config.ts';
import { isTrainingOf, listJobs } from './training-jobs.ts';
import type { Workspace } from './workspace.ts';

export interface TrainingEstimate extends SizeEstimate {
  readonly engine: EngineKind;
  readonly threads: number;
  readonly trainingFaces: number;
  readonly steps: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Faces at a time with which a step fits into the memory that is free. */
  readonly microBatch: number;
  readonly memoryBytes: number;
  readonly availableBytes: number;
  /** By phase, from real steps that are thrown away; null where the training has begun and tells it itself. */
  readonly secondsAStep: Readonly<Partial<Record<'warmup' | 'adversarial', number>>> | null;
  readonly seconds: number | null;
  readonly diskBytes: number;
  /** Whether a training of this name has begun already. */
  readonly begun: boolean;
  readonly warnings: readonly string[];
}

/** WebAssembly addresses 4 GB, and frees with gaps. */
const wasmBytes = 3.5 * 2 ** 30;
/** Of the free memory; the rest is for pages of files, and for other programs. */
const usableShare = 0.9;
/** Faces of a rehearsed step: a step of the paper's network takes seconds even so. */
const rehearsedFaces = 16;
/** Below this a network learns faces by heart. */
const fewFaces = 1000;

/** What a training will take, before it starts. */
export async function estimateTraining(
  workspace: Workspace,
  request: {
    readonly faces: string;
    readonly config: VaeGanConfig;
    readonly engine: EngineKind;
    readonly seed: number;
    readonly heldOut: number;
    readonly name: string;
    readonly microBatch?: number;
    /** Whether real steps are timed. Default: only for a training that has not begun. */
    readonly rehearse?: boolean;
  },
): Promise<TrainingEstimate> {
  const { config, engine, seed, heldOut } = request;
  const trainingFaces = trainingFaceCount(workspace, request.faces, heldOut, seed);
  const begun = listJobs(workspace).some(({ label }) => isTrainingOf(label, request.name));
  const size = estimateSize(config, engine);
  const availableBytes = availableMemory(engine, size);
  const { batchSize } = config.schedule;
  const microBatch = Math.min(
    batchSize,
    request.microBatch ?? fittingMicroBatch(size, batchSize, availableBytes),
  );
  const secondsAStep =
    (request.rehearse ?? !begun)
      ? await rehearsedSeconds(workspace, request.faces, config, engine, microBatch)
      : null;
  const steps = totalSteps(config);
  const estimate = {
    ...size,
    engine,
    threads: availableParallelism(),
    trainingFaces,
    steps,
    epochs: steps / stepsAnEpoch(config, trainingFaces),
    batchSize,
    microBatch,
    memoryBytes: estimateMemory(size, microBatch),
    availableBytes,
    secondsAStep,
    seconds: secondsAStep && secondsOf(config, secondsAStep),
    diskBytes: 3 * size.checkpointBytes,
    begun,
  };
  return { ...estimate, warnings: warningsOf(estimate) };
}

/** Faces that are left for training. */
export function trainingFaceCount(
  workspace: Workspace,
  faces: string,
  heldOut: number,
  seed: number,
): number {
  const { count } = workspace.entry('faces', faces).summary;
  return splitFaces(Number(count), heldOut, seed).training.length;
}

async function rehearsedSeconds(
  workspace: Workspace,
  faces: string,
  config: VaeGanConfig,
  engine: EngineKind,
  microBatch: number,
): Promise<NonNullable<TrainingEstimate['secondsAStep']>> {
  const summary = await workspace.consult({
    stage: estimateTrainingStage,
    label: 'time a few steps',
    parameters: { config, engine, faces: Math.min(microBatch, rehearsedFaces) },
    inputs: { faces: workspace.entry('faces', faces) },
  });
  return summary.secondsAStep as NonNullable<TrainingEstimate['secondsAStep']>;
}

function secondsOf(
  { schedule }: VaeGanConfig,
  { warmup = 0, adversarial = 0 }: NonNullable<TrainingEstimate['secondsAStep']>,
): number {
  return schedule.warmupSteps * warmup + schedule.adversarialSteps * adversarial;
}

/** What this process may still take, limits of containers included; WebAssembly has a limit of its own. */
function availableMemory(engine: EngineKind, { baseBytes }: SizeEstimate): number {
  const free = Math.min(process.availableMemory(), totalmem()) * usableShare;
  return engine === 'wasm' ? Math.min(free, wasmBytes + baseBytes) : free;
}

function warningsOf(estimate: Omit<TrainingEstimate, 'warnings'>): string[] {
  const { memoryBytes, availableBytes, trainingFaces, epochs, microBatch, batchSize } = estimate;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  const warnings: string[] = [];
  if (memoryBytes > availableBytes) {
    warnings.push(
      `about ${gigabytes(memoryBytes)} of memory are needed, and ${gigabytes(availableBytes)} are free`,
    );
  } else if (microBatch < batchSize) {
    warnings.push(
      `the batch of ${batchSize} goes through the networks ${microBatch} faces at a time: there is no memory for all at once`,
    );
  }
  if (trainingFaces < fewFaces) {
    warnings.push(
      `${trainingFaces} faces are few: a network learns them by heart, and is no better than PCA on others`,
    );
  }
  if (epochs < 1) {
    warnings.push(
      `with ${estimate.steps} steps of ${batchSize} not every face is seen once (${epochs.toFixed(2)} epochs)`,
    );
  }
  return warnings;
}
