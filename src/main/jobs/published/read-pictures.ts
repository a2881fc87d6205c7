import type { MatFile } from '../../formats/mat/open-mat.ts';
import type { MatVariable } from '../../formats/mat/values.ts';
import type { NumericArray } from '../../math/nd-array.ts';
import { readNumbers } from './variables.ts';

export interface PublishedPictures {
  readonly variable: string;
  readonly width: number;
  readonly height: number;
  /** Each [height, width, 3], bytes. */
  readonly pictures: readonly Uint8Array[];
}

/**
 * Pictures that a file holds beside the codes of the same faces: the only variable of colour pictures of that count,
 * [faces, height, width, 3] or [height, width, 3, faces] (a single one also without the axis of faces), bytes or 0 to 1.
 * Null where there is none, or more than one that could be it.
 */
export async function readPublishedPictures(file: MatFile, count: number): Promise<PublishedPictures | null> {
  const fitting = [...file.variables.values()].flatMap((variable) => {
    const axes = pictureAxes(variable, count);
    return axes === null ? [] : [{ variable, axes }];
  });
  if (fitting.length !== 1) return null;
  const [{ variable, axes }] = fitting;
  const { shape, data, className } = await readNumbers(file, variable.name);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const [height, width] = [shape[axes.height], shape[axes.height + 1]];
  const range = className === 'uint8' || hasMoreThan(data, 1) ? 1 : 255;
  const pictures = Array.from({ length: count }, (_, face) => {
    const bytes = new Uint8ClampedArray(height * width * 3);
    const start = axes.face === null ? 0 : face * strides[axes.face];
    for (let row = 0, to = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const pixel = start + row * strides[axes.height] + column * strides[axes.height + 1];
        for (let channel = 0; channel < 3; channel++, to++) {
          bytes[to] = data[pixel + channel * strides[axes.height + 2]] * range;
        }
      }
    }
    return new Uint8Array(bytes.buffer);
  });
  return { variable: variable.name, width, height, pictures };
}

function hasMoreThan(values: NumericArray, bound: number): boolean {
  for (const value of values) if (value > bound) return true;
  return false;
}

interface PictureAxes {
  /** Followed by those of width and channels. */
  readonly height: number;
  readonly face: number | null;
}

const smallestSide = 8;
const largestSide = 4096;

function pictureAxes({ shape, className }: MatVariable, count: number): PictureAxes | null {
  if (!['uint8', 'double', 'single', null].includes(className)) return null;
  const colours = (from: number) =>
    shape[from + 2] === 3 &&
    [shape[from], shape[from + 1]].every((side) => side >= smallestSide && side <= largestSide);
  if (shape.length === 3 && count === 1 && colours(0)) return { height: 0, face: null };
  if (shape.length !== 4) return null;
  if (shape[0] === count && colours(1)) return { height: 1, face: 0 };
  return shape[3] === count && colours(0) ? { height: 0, face: 3 } : null;
}
