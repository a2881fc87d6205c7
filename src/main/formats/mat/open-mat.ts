import type { NdArray, NumericArray } from '../../math/nd-array.ts';
import { isHdf5, Mat73File } from './hdf5.ts';
import { listLevel5, readLevel5 } from './level5-read.ts';
import { checkRegion, type Region } from './region.ts';
import { type MatValue, type MatVariable, variableMissing } from './values.ts';

/** An open MATLAB file of any version since 5, of which variables, or parts of them, are read one by one. */
export interface MatFile {
  readonly path: string;
  readonly variables: ReadonlyMap<string, MatVariable>;
  /**
   * A variable, or a part of one. Of version 7.3 only the part is read; of Level 5, which is compressed as a whole, the
   * variable that was read last stays in memory.
   *
   * @param region ranges in MATLAB's axes; without it, all of the variable.
   * @throws FusiformError MAT_VARIABLE_MISSING, MAT_UNSUPPORTED, MAT_TOO_LARGE, MAT_INVALID; RangeError for a region
   *   outside of the variable
   */
  read(name: string, region?: Region): Promise<MatValue>;
  close(): void;
}

/** @throws FusiformError MAT_INVALID, MAT_UNSUPPORTED (Level 4), FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY */
export async function openMat(path: string): Promise<MatFile> {
  if (!(await isHdf5(path))) {
    return new Level5File(path, new Map((await listLevel5(path)).map((one) => [one.name, one])));
  }
  const file = await Mat73File.open(path);
  return {
    path,
    variables: file.variables,
    read: async (name, region) => file.read(name, region),
    close: () => file.close(),
  };
}

class Level5File implements MatFile {
  readonly path: string;
  readonly variables: ReadonlyMap<string, MatVariable>;
  #last: { readonly name: string; readonly value: MatValue } | null = null;

  constructor(path: string, variables: ReadonlyMap<string, MatVariable>) {
    this.path = path;
    this.variables = variables;
  }

  async read(name: string, region?: Region): Promise<MatValue> {
    if (this.#last?.name !== name) {
      const value = (await readLevel5(this.path, new Set([name]))).get(name);
      if (value === undefined) throw variableMissing([...this.variables.keys()], name, this.path);
      this.#last = { name, value };
    }
    const { value } = this.#last;
    if (region === undefined || value.kind !== 'numeric') return value;
    checkRegion(name, value.shape, region);
    return { ...value, ...partOf(value, region) };
  }

  close(): void {
    this.#last = null;
  }
}

/** A part of a row-major array. */
function partOf({ shape, data }: NdArray, region: Region): NdArray {
  const ranges = region.map((range, axis) => range ?? ([0, shape[axis]] as const));
  const size = ranges.map(([from, to]) => to - from);
  const count = size.reduce((product, length) => product * length, 1);
  const Type = data.constructor as new (length: number) => NumericArray;
  const part = new Type(count);
  if (count === 0) return { shape: size, data: part };
  const index = ranges.map(([from]) => from);
  const last = shape.length - 1;
  for (let to = 0; to < count; to += size[last]) {
    const from = index.reduce((offset, at, axis) => offset * shape[axis] + at, 0);
    part.set(data.subarray(from, from + size[last]) as ArrayLike<number>, to);
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < ranges[axis][1]) break;
      index[axis] = ranges[axis][0];
    }
  }
  return { shape: size, data: part };
}
