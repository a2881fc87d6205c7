import { FusiformError } from '../../../shared/errors.ts';
import { toRowMajor } from '../../formats/axis-order.ts';
import { type MatInput, requireVariableFits } from '../../formats/mat/level5-write.ts';
import { listMat, readMat } from '../../formats/mat/read-mat.ts';
import { type MatValue, numericVariable, textsOf, variableMissing } from '../../formats/mat/values.ts';
import type { NdArray } from '../../math/nd-array.ts';
import type { Latents } from './latents.ts';

/**
 * Variables of MATLAB files of codes and pictures. `latent` and `images` are those of the scripts that were published
 * with the study (`VAEGAN_image2latent.py`, `VAEGAN_latent2image.py`); the others are ours, and need not be there.
 */
export const matVariables = {
  /** [faces, latents] */
  codes: 'latent',
  /** [faces, height, width, 3], single, 0 to 1 */
  images: 'images',
  /** Cell array [faces, 1] */
  names: 'names',
  /** Fingerprint of the model that made the codes. */
  model: 'model',
} as const;

/** Codes as MATLAB's variables. */
export function codesForMat({ files, latentDim, codes, model }: Latents): Record<string, MatInput> {
  return {
    [matVariables.codes]: { shape: [files.length, latentDim], data: codes },
    [matVariables.names]: files,
    ...(model === null ? {} : { [matVariables.model]: model }),
  };
}

/**
 * Codes of a MATLAB file of any version since 5, as the published scripts write and read them: a row a face, or, where
 * `latentDim` tells so, a column a face.
 *
 * @param latentDim latents of the model that the codes are for; without it the rows are faces.
 * @returns codes [faces, latents] and what the file says of them.
 * @throws FusiformError MAT_VARIABLE_MISSING, MAT_UNSUPPORTED, LATENTS_DIM_MISMATCH where neither axis fits, or both do
 *   in an HDF5 file that another program than MATLAB wrote, and what `readMat` throws
 */
export async function readMatCodes(path: string, latentDim?: number): Promise<MatCodes> {
  const variables = await readMat(path, [matVariables.codes, matVariables.names, matVariables.model]);
  if (!variables.has(matVariables.codes)) {
    const names = (await listMat(path)).map(({ name }) => name);
    throw variableMissing(names, matVariables.codes, path);
  }
  const { shape, data, className } = numericVariable(variables, matVariables.codes, path);
  // What no MATLAB wrote has the axes of HDF5, which are MATLAB's reversed.
  const foreign = className === null;
  const stored: Axes = foreign
    ? { rows: shape[1] ?? 1, columns: shape[0], columnMajor: true }
    : { rows: shape[0], columns: shape[1] ?? 1, columnMajor: false };
  if (shape.length > 2) throw mismatch(`"${matVariables.codes}" is ${shape.join(' x ')}, no table`, path);
  const { rows, columns, columnMajor } = facesInRows(stored, latentDim, foreign, path);
  const model = textsOf(variables.get(matVariables.model));
  return {
    shape: [rows, columns],
    data: columnMajor ? toRowMajor(data, [rows, columns]) : data,
    names: fileNames(variables.get(matVariables.names), rows),
    model: model?.length === 1 ? model[0] : null,
  };
}

interface MatCodes extends NdArray {
  /** Names of the faces, fit to be files; null where the file has none. */
  readonly names: readonly string[] | null;
  readonly model: string | null;
}

interface Axes {
  readonly rows: number;
  readonly columns: number;
  readonly columnMajor: boolean;
}

function facesInRows(stored: Axes, latentDim: number | undefined, foreign: boolean, path: string): Axes {
  const { rows, columns, columnMajor } = stored;
  if (latentDim === undefined) return stored;
  if (foreign && rows === latentDim && columns === latentDim) {
    throw mismatch(
      `"${matVariables.codes}" is ${rows} x ${columns}, and nothing tells which axis the faces are`,
      path,
    );
  }
  if (columns === latentDim) return stored;
  if (rows === latentDim) return { rows: columns, columns: rows, columnMajor: !columnMajor };
  throw mismatch(`"${matVariables.codes}" is ${rows} x ${columns}; the model has ${latentDim} latents`, path);
}

function mismatch(what: string, file: string): FusiformError {
  return new FusiformError('LATENTS_DIM_MISMATCH', `${what}.`, { file });
}

/** Pictures are written under these names: none may lead out of its folder. */
function fileNames(value: MatValue | undefined, count: number): string[] | null {
  const names = textsOf(value);
  const fit = (name: string) =>
    name !== '' && !/^[/\\]|^[a-z]:|\0/i.test(name) && !name.split(/[/\\]/).some((part) => part === '..');
  return names?.length === count && new Set(names).size === count && names.every(fit) ? names : null;
}

/**
 * Pictures of codes for a MATLAB file, in the order of MATLAB's axes from the first, so that no second copy is needed.
 */
export class MatImages {
  readonly #count: number;
  readonly #size: number;
  readonly #values: Float32Array;

  /** @throws FusiformError MAT_TOO_LARGE, before any picture is made */
  constructor(count: number, size: number, path: string) {
    requireVariableFits(matVariables.images, count * size * size * 3 * 4, path);
    this.#count = count;
    this.#size = size;
    this.#values = new Float32Array(count * size * size * 3);
  }

  /**
   * Takes in pictures.
   *
   * @param values [pictures, size, size, 3], clipped to 0 to 1. @param first number of the first of them.
   */
  add(values: Float32Array, first: number): void {
    const size = this.#size;
    const stride = size * size * 3;
    for (let picture = 0; picture * stride < values.length; picture++) {
      let from = picture * stride;
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          for (let channel = 0; channel < 3; channel++, from++) {
            const to = ((channel * size + column) * size + row) * this.#count + first + picture;
            this.#values[to] = Math.min(1, Math.max(0, values[from]));
          }
        }
      }
    }
  }

  /** [pictures, size, size, 3], single, 0 to 1, as the published script writes them. */
  get variables(): Record<string, MatInput> {
    const shape = [this.#count, this.#size, this.#size, 3];
    return { [matVariables.images]: { shape, data: this.#values, order: 'column-major' } };
  }
}
