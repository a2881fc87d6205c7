import { type Matrix, matrix } from '../math/matrix.ts';

export interface CensorRule {
  /** Volumes left out before and after each that is. */
  readonly before: number;
  readonly after: number;
  /** Stretches of kept volumes shorter than this are left out too; 0 for none. */
  readonly shortest: number;
}

/**
 * The volumes to leave out, ascending: those marked, their neighbours, and what would remain as too short a stretch
 * between them (as fMRI denoising's "scrubbing": Power et al. 2014, NeuroImage, doi 10.1016/j.neuroimage.2013.08.048).
 *
 * @param marked [nTime]: not 0 where a volume is bad by itself
 */
export function censoredVolumes(marked: ArrayLike<number>, rule: CensorRule): number[] {
  const nTime = marked.length;
  const out = new Uint8Array(nTime);
  for (let t = 0; t < nTime; t++) {
    if (!marked[t]) continue;
    out.fill(1, Math.max(0, t - rule.before), Math.min(nTime, t + rule.after + 1));
  }
  if (out.includes(1)) {
    for (let start = 0; start < nTime; start++) {
      if (out[start]) continue;
      let end = start;
      while (end < nTime && !out[end]) end++;
      if (end - start < rule.shortest) out.fill(1, start, end);
      start = end;
    }
  }
  return [...out.keys()].filter((t) => out[t]);
}

/**
 * A column a volume, 1 there and 0 elsewhere: a model with them fits what it would fit without those volumes, and takes
 * one degree of freedom each.
 * @returns [nTime, volumes.length]; named by volume, from 0
 */
export function censorColumns(
  nTime: number,
  volumes: readonly number[],
): { readonly names: string[]; readonly columns: Matrix } {
  const columns = matrix(nTime, volumes.length);
  const digits = String(nTime - 1).length;
  volumes.forEach((volume, column) => {
    columns.data[volume * volumes.length + column] = 1;
  });
  return { names: volumes.map((volume) => `censored_${String(volume).padStart(digits, '0')}`), columns };
}
