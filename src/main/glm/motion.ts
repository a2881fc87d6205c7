import { type Matrix, matrix } from '../math/matrix.ts';

/**
 * What stands beside the six parameters of motion, R, at each volume:
 * - `derivatives`: their change since the volume before, R(t) - R(t - 1), as fMRIPrep and nilearn;
 * - `shifts`: their values at the volume before, R(t - 1), as Friston et al. (1996, Magnetic Resonance in Medicine 35,
 *   doi 10.1002/mrm.1910350312).
 *
 * With twelve columns both span the same space. With 24 they do not: the squares are those of the columns.
 */
export const motionModels = ['derivatives', 'shifts'] as const;
export type MotionModel = (typeof motionModels)[number];

/**
 * The columns beside the six: those of the model (12), and the squares of all twelve (24).
 *
 * @param six [nTime, 6]
 * @param model its first row has no value before it: NaN for derivatives, the row itself for shifts
 * @param derivatives [nTime, 6] derivatives that are known already
 * @returns [nTime, 6 or 18], named as fMRIPrep does: `_derivative1` (or `_shift1`), `_power2`, `_derivative1_power2`
 */
export function expandMotion(
  six: Matrix,
  names: readonly string[],
  nParameters: 12 | 24,
  model: MotionModel,
  derivatives?: Matrix,
): { readonly names: string[]; readonly columns: Matrix } {
  const { rows, cols, data } = six;
  const suffix = model === 'derivatives' ? '_derivative1' : '_shift1';
  const second = matrix(rows, cols);
  for (let t = 0; t < rows; t++) {
    for (let k = 0; k < cols; k++) {
      const at = t * cols + k;
      if (model === 'derivatives') {
        second.data[at] = derivatives?.data[at] ?? (t === 0 ? Number.NaN : data[at] - data[at - cols]);
      } else {
        second.data[at] = data[t === 0 ? at : at - cols];
      }
    }
  }
  const secondNames = names.map((name) => name + suffix);
  if (nParameters === 12) return { names: secondNames, columns: second };
  const columns = matrix(rows, 3 * cols);
  for (let t = 0; t < rows; t++) {
    for (let k = 0; k < cols; k++) {
      const to = t * 3 * cols + k;
      columns.data[to] = second.data[t * cols + k];
      columns.data[to + cols] = data[t * cols + k] ** 2;
      columns.data[to + 2 * cols] = second.data[t * cols + k] ** 2;
    }
  }
  const squares = [...names, ...secondNames].map((name) => `${name}_power2`);
  return { names: [...secondNames, ...squares], columns };
}
