import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { VaeGanConfig } from '../../../src/main/generative/vaegan/config.ts';

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

/** The interpreter that has the packages of the peers. */
const python = process.env.FUSIFORM_PEER_PYTHON || 'python3';

/** Starts a process that trains the network of `setup` a step at a time. @returns why it cannot, otherwise. */
export async function startPeer(
  name: PeerName,
  setup: Setup,
): Promise<{ readonly peer: Peer } | { readonly missing: string }> {
  const folder = import.meta.dirname;
  const [command, script] =
    name === 'torch' || name === 'tf'
      ? [python, [join(folder, `peer-${name}.py`)]]
      : [process.execPath, [join(folder, 'peer-engine.ts'), name.replace('-bfloat16', '')]];
  const child = spawn(command, script, { stdio: ['pipe', 'pipe', 'pipe'] });
  let lastWords = '';
  child.stderr.on('data', (text) => {
    lastWords = (lastWords + text).slice(-2000);
  });
  const failed = once(child, 'close').then(
    () => lastWords.split('\n').findLast((line) => line.includes('Error')) ?? 'it ended without a word',
    (error: Error) => error.message,
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <T>(request: object): Promise<T> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { done, value } = await lines.next();
    if (done) throw new Error(`${name}: ${await failed}`);
    return JSON.parse(value) as T;
  };
  child.stdin.on('error', () => {
    // It is gone; the next answer that does not come says why.
  });
  try {
    const { version } = await ask<{ version: string }>(setup);
    return { peer: { version, step: (request) => ask<Answer>(request), stop: () => stop(child) } };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.stdin?.end();
  await ended;
}
