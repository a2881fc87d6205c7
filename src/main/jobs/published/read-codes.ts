import { toRowMajor } from '../../formats/axis-order.ts';
import type { MatFile } from '../../formats/mat/open-mat.ts';
import type { MatVariable } from '../../formats/mat/values.ts';
import type { PublishedSpace } from './layout.ts';
import { chooseVariable, readNumbers, sizeOf, wrongShape } from './variables.ts';

/**
 * Codes of the faces of a file, [faces, latents]: `testimage_vaeganlatentvars` (or `..._pcalatentvars`), whatever stands
 * before the underscore; else the only variable with an axis of that many latents.
 *
 * @throws FusiformError MAT_VARIABLE_MISSING, PUBLISHED_SHAPE where no axis has as many latents as the model, or a code is
 *   not finite
 */
export async function readPublishedCodes(
  file: MatFile,
  space: PublishedSpace,
  latentDim: number,
): Promise<{ readonly codes: Float32Array; readonly count: number }> {
  const ending = `_${space.toLowerCase()}latentvars`;
  const named = [...file.variables.keys()].find((name) => name.toLowerCase().endsWith(ending));
  const variable = chooseVariable(file, named ?? `testimage${ending}`, (one) => hasLatents(one, latentDim));
  if (!hasLatents(variable, latentDim)) {
    throw wrongShape(file.path, variable, `the model has ${latentDim} latents, and no axis is as long`);
  }
  const { shape, data } = await readNumbers(file, variable.name);
  const count = sizeOf(variable) / latentDim;
  const inRows = shape[shape.length - 1] === latentDim;
  const codes = Float32Array.from(inRows ? data : toRowMajor(data, [count, latentDim]));
  const wrong = codes.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw wrongShape(
      file.path,
      variable,
      `the code of face ${Math.floor(wrong / latentDim) + 1} is ${codes[wrong]}`,
    );
  }
  return { codes, count };
}

function hasLatents({ shape }: MatVariable, latentDim: number): boolean {
  return shape.length <= 2 && shape.includes(latentDim);
}
