import { rowCorrelations } from './correlations.ts';

/** How well codes decoded from single trials tell the faces that were shown. */
export interface TrialScore {
  /** Share of other faces that the true one beats by Pearson's r with the decoded code; chance is 0.5. */
  readonly identification: number;
  /** Mean over trials of Pearson's r between decoded and true code. */
  readonly correlation: number;
}

/** Trials whose faces serve as distractors: enough for a mean over thousands of comparisons. */
const mostDistractors = 200;

/**
 * Scores decoded codes of trials that were left out.
 *
 * @param decoded [n, nLatents] @param targets [n, nLatents] true codes
 * @param faces [n]: the picture of each trial; trials of one picture are no distractors of each other.
 */
export function scoreTrials(
  decoded: Float32Array,
  targets: Float32Array,
  nLatents: number,
  faces: readonly string[],
): TrialScore {
  const n = faces.length;
  const step = Math.max(1, n / mostDistractors);
  const others: number[] = [];
  for (let at = 0; at < n; at += step) others.push(Math.floor(at));
  const pool = new Float32Array(others.length * nLatents);
  others.forEach((row, at) => {
    pool.set(targets.subarray(row * nLatents, (row + 1) * nLatents), at * nLatents);
  });
  let identification = 0;
  let counted = 0;
  let correlation = 0;
  for (let row = 0; row < n; row += 1) {
    const own = decoded.subarray(row * nLatents, (row + 1) * nLatents);
    const [truth] = rowCorrelations(own, targets.subarray(row * nLatents, (row + 1) * nLatents), nLatents);
    correlation += truth / n;
    const correlations = rowCorrelations(own, pool, nLatents);
    let beaten = 0;
    let compared = 0;
    others.forEach((other, at) => {
      if (faces[other] === faces[row]) return;
      compared += 1;
      if (truth > correlations[at]) beaten += 1;
      else if (truth === correlations[at]) beaten += 0.5;
    });
    if (compared === 0) continue;
    identification += beaten / compared;
    counted += 1;
  }
  return { identification: counted === 0 ? Number.NaN : identification / counted, correlation };
}
