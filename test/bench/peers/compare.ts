import { join } from 'node:path';
import { writeSafetensorsFile } from '../../../src/main/formats/safetensors/safetensors.ts';
import type { VaeGanConfig } from '../../../src/main/generative/vaegan/config.ts';
import { missingRow, type Row, ratioRow, type Target } from '../benchmark.ts';
import { alternate } from '../harness.ts';
import { withTemporaryFolder } from '../inputs.ts';
import { type Peer, type PeerName, startPeer } from './peers.ts';
import { trainingArrays } from './training-arrays.ts';

/** One figure: the time of a step of `ours` over that of `theirs`. */
export interface Match {
  readonly name: string;
  readonly ours: PeerName;
  readonly theirs: PeerName;
  readonly target: Target;
}

/** Threads of everyone: the targets are those of two cores. */
const threads = 2;
const unit = 'x';

/** Steps on the same batch, noise included, that all must agree on before anything is timed. */
const commonSteps = 3;
/** Of the losses: rounding alone in the first step, and what the updates have made of it since. */
const tolerances = [1e-3, 1e-2, 3e-2];
/** Rounded factors differ from the first step on. */
const roundedTolerances = [1e-2, 3e-2, 1e-1];

/**
 * Training steps of one network in several programs, all of them alive and one computing at a time. Each pair that is
 * compared takes turns step by step.
 */
export async function compareSteps(
  what: string,
  preset: VaeGanConfig,
  matches: readonly Match[],
  pairs: number,
): Promise<Row[]> {
  const config = everyPlayerLearns(preset);
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'arrays.safetensors');
    await writeSafetensorsFile(file, trainingArrays(config));
    const peers = new Map<PeerName, Peer>();
    const missing = new Map<PeerName, string>();
    try {
      for (const name of new Set(matches.flatMap(({ ours, theirs }) => [ours, theirs]))) {
        const started = await startPeer(name, { config: configOf(name, config), file, threads });
        if ('peer' in started) peers.set(name, started.peer);
        else missing.set(name, started.missing);
      }
      await assertSameLosses(peers);
      const rows: Row[] = [];
      for (const { name, ours, theirs, target } of matches) {
        const [a, b] = [peers.get(ours), peers.get(theirs)];
        if (a === undefined || b === undefined) {
          rows.push(missingRow(name, unit, missing.get(ours) ?? missing.get(theirs) ?? ''));
          continue;
        }
        const step = (peer: Peer) => () => peer.step({ noise: 'drawn' });
        const how = `${what}, batch ${config.schedule.batchSize}, ${threads} threads: ${a.version} over ${b.version}`;
        rows.push(
          ratioRow({ name, unit, how, target }, await alternate(step(a), step(b), { pairs, warmup: 2 })),
        );
      }
      return rows;
    } finally {
      for (const peer of peers.values()) await peer.stop();
    }
  });
}

function configOf(name: PeerName, config: VaeGanConfig): VaeGanConfig {
  if (name !== 'native-bfloat16') return config;
  return { ...config, optimiser: { ...config.optimiser, precision: 'bfloat16' } };
}

/** The adversarial phase of a preset with nobody pausing, at a constant rate. */
export function everyPlayerLearns(preset: VaeGanConfig): VaeGanConfig {
  return {
    ...preset,
    gate: { ...preset.gate, enabled: false },
    schedule: { ...preset.schedule, warmupSteps: 0, rampSteps: 0, finalLearningRate: 1 },
  };
}

/** A peer that computes something else is no peer. @throws Error with the losses of both */
async function assertSameLosses(peers: ReadonlyMap<PeerName, Peer>): Promise<void> {
  const allowed = peers.has('native-bfloat16') ? roundedTolerances : tolerances;
  let reference: { name: PeerName; losses: readonly (readonly (number | null)[])[] } | undefined;
  for (const [name, peer] of peers) {
    const losses: (readonly (number | null)[])[] = [];
    for (let at = 0; at < commonSteps; at++) losses.push((await peer.step({ noise: 'given' })).losses);
    reference ??= { name, losses };
    const expected = reference.losses;
    const agree = losses.every((row, step) =>
      row.every((value, at) => {
        const other = expected[step][at];
        if (value === null || other === null) return value === other;
        return Math.abs(value - other) <= allowed[step] * Math.max(Math.abs(other), 0.1);
      }),
    );
    if (!agree) {
      throw new Error(
        `${name} computes other losses than ${reference.name}: ${JSON.stringify([losses, expected])}`,
      );
    }
  }
}
