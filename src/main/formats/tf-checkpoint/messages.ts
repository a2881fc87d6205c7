import { CheckpointFault } from './fault.ts';
import { readMessage, signed } from './protobuf.ts';

/** One axis of a part of a variable; length -1 stands for the whole axis. */
interface SliceExtent {
  readonly start: number;
  readonly length: number;
}

/** A part of a variable that is stored in parts: an extent for each axis. */
export type TensorSlice = readonly SliceExtent[];

/** `TensorShapeProto`. */
export function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  for (const field of readMessage(bytes)) {
    if (field.number === 3 && field.value !== 0)
      throw new CheckpointFault('it has a variable of unknown shape');
    if (field.number !== 2) continue;
    let size = 0;
    for (const part of readMessage(field.bytes)) if (part.number === 1) size = signed(part.value);
    shape.push(size);
  }
  return shape;
}

/** `TensorSliceProto`. */
export function readSlice(bytes: Uint8Array): TensorSlice {
  const slice: SliceExtent[] = [];
  for (const field of readMessage(bytes)) {
    if (field.number !== 1) continue;
    let start = 0;
    let length = -1;
    for (const part of readMessage(field.bytes)) {
      if (part.number === 1) start = signed(part.value);
      else if (part.number === 2) length = signed(part.value);
    }
    slice.push({ start, length });
  }
  return slice;
}

/** A slice's own shape and where it begins in the variable. */
export interface Region {
  readonly start: readonly number[];
  readonly shape: readonly number[];
}

/** A slice of a variable with its whole axes spelled out. @throws CheckpointFault where it lies outside. */
export function regionOf(name: string, shape: readonly number[], slice: TensorSlice): Region {
  if (slice.length !== shape.length) {
    throw new CheckpointFault(`a part of "${name}" has ${slice.length} axes, the variable ${shape.length}`);
  }
  const start: number[] = [];
  const size: number[] = [];
  slice.forEach((extent, axis) => {
    const length = extent.length === -1 ? shape[axis] - extent.start : extent.length;
    if (extent.start < 0 || length < 0 || !(extent.start + length <= shape[axis])) {
      throw new CheckpointFault(`a part of "${name}" lies outside of the variable`);
    }
    start.push(extent.start);
    size.push(length);
  });
  return { start, shape: size };
}
