import { join } from 'node:path';
import type { VaeGanConfig } from '../../../src/main/generative/vaegan/config.ts';
import { orMissing, python, type Started, startLines } from './lines.ts';

/** What a peer is told first. */
export interface Setup {
  readonly config: VaeGanConfig;
  /** A safetensors file: the arrays of `trainingArrays`. */
  readonly file: string;
  readonly threads: number;
}

export interface Request {
  /** Whether the step takes the noise of the file or draws its own. */
  readonly noise: 'given' | 'drawn';
}

export interface Answer {
  /** Before the update: KL, pixel, similarity, on real, on reconstructions, on samples. */
  readonly losses: readonly (number | null)[];
  /** Of engines of this program alone. */
  readonly residentBytes?: number;
  readonly tensors?: number;
}

export interface Peer {
  /** What computes, with its version. */
  readonly version: string;
  step(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

/** Who can be asked for a step: engines of this program, and what others would use in its place. */
export type PeerName = 'native' | 'native-bfloat16' | 'webgpu' | 'wasm' | 'torch' | 'tf';

/** Starts a process that trains the network of `setup` a step at a time. */
export function startPeer(name: PeerName, setup: Setup): Promise<Started<Peer>> {
  const folder = import.meta.dirname;
  const [command, script] =
    name === 'torch' || name === 'tf'
      ? [python, [join(folder, `peer-${name}.py`)]]
      : [process.execPath, [join(folder, 'peer-engine.ts'), name.replace('-bfloat16', '')]];
  return orMissing(async () => {
    const { ask, stop } = startLines(name, command, script);
    const { version } = await ask<{ version: string }>(setup);
    return { version, step: (request) => ask<Answer>(request), stop };
  });
}
