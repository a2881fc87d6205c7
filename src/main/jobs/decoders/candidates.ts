import type { DecoderKind } from '../../../shared/decoders.ts';

/** One choice of a decoder's hyperparameters. */
export interface Candidate {
  /** Relative penalty: on the latents' X'X of the forward model, or on the kernel of the dual ridge (see there). */
  readonly penalty: number;
  /** Components of correlated noise; null where the decoder has none. */
  readonly rank: number | null;
  /** What a pattern's noise is multiplied by; null where it plays no part. */
  readonly noise: number | null;
}

const forwardPenalties = [0, 1e-3, 1e-2, 0.1, 1, 10];
const posteriorPenalties = [0, 1e-2, 0.1, 1];
const ranks = [0, 5, 20];
const noises = [0.1, 0.3, 1, 3, 10];
const dualPenalties = Array.from({ length: 20 }, (_, at) => 10 ** (-3 + (6 * at) / 19));

/** All that cross-validation tries; of equal ones the later is taken, which shrinks more. */
export function candidatesOf(kind: DecoderKind): readonly Candidate[] {
  const plain = (penalty: number): Candidate => ({ penalty, rank: null, noise: null });
  switch (kind) {
    case 'pseudo-inverse':
      return [plain(0)];
    case 'ridge':
      return forwardPenalties.map(plain);
    case 'posterior':
      return posteriorPenalties.flatMap((penalty) =>
        ranks.flatMap((rank) => noises.map((noise): Candidate => ({ penalty, rank, noise }))),
      );
    case 'dual-ridge':
      return dualPenalties.map(plain);
  }
}

/** The largest rank that is tried. */
export const mostComponents = Math.max(...ranks);

export function describeCandidate({ penalty, rank, noise }: Candidate): string {
  const parts = [`penalty ${Number(penalty.toPrecision(3))}`];
  if (rank !== null) parts.push(rank === 0 ? 'diagonal noise' : `${rank} noise components`);
  if (noise !== null) parts.push(`noise x ${noise}`);
  return parts.join(', ');
}
