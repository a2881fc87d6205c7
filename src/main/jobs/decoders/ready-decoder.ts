import { type AffineDecoder, applyProduct, isLarge, patternProduct } from '../../decoding/affine-decoder.ts';
import { forwardInverse } from '../../decoding/forward-inverse.ts';
import { decodePatterns, prepareDecoder } from '../../decoding/mapping.ts';
import type { Engine } from '../../engine/engine.ts';
import type { StoredMapping } from '../stages/fit-mapping.ts';
import { readDecoderArrays } from './decoder-files.ts';

/** All selected voxels, those of one region, or all but those of one. */
export interface VoxelSet {
  readonly name: string;
  readonly excluded?: string;
  /** Positions among the selected voxels. */
  readonly voxels: Uint32Array;
}

/** Where the decoder of a set of voxels stands in the folder of `fit-decoder`; null: the paper's, which is made of the mapping. */
export type FittedPlace = { readonly folder: string; readonly place: number } | null;

/**
 * Decodes patterns of a set's voxels, [n, voxels], that are means of so many presentations each: codes of the modelled latents,
 * [n, nLatents], a pattern's the same alone and in any batch.
 */
export type ReadyDecoder = (
  patterns: Float32Array,
  presentations: readonly number[],
) => Promise<Float32Array>;

export async function readyDecoder(
  mapping: StoredMapping,
  set: VoxelSet,
  fitted: FittedPlace,
  engine: Engine | null,
): Promise<ReadyDecoder> {
  const nLatents = mapping.description.latentSpace.modelled.length;
  const nVoxels = set.voxels.length;
  if (fitted === null && !isLarge({ nLatents, nVoxels })) {
    const weights = columnsOf(mapping, mapping.weights, set);
    const decoder = prepareDecoder(weights, nLatents + 1, nVoxels, nLatents);
    return async (patterns) => decodePatterns(decoder, patterns);
  }
  const decoder = await affineDecoder(mapping, set, fitted, engine);
  const product = patternProduct(decoder);
  return (patterns, presentations) => applyProduct(decoder, product, patterns, presentations);
}

/** The decoder of a set of voxels as one matrix and what comes after it. */
export function affineDecoder(
  mapping: StoredMapping,
  set: VoxelSet,
  fitted: FittedPlace,
  engine: Engine | null,
): Promise<AffineDecoder> {
  if (fitted !== null) return readDecoderArrays(fitted.folder, fitted.place);
  return forwardInverse(columnsOf(mapping, mapping.weights, set), set.voxels.length, engine);
}

/** A set's columns of data at the selected voxels. */
export function columnsOf(
  { nVoxels }: StoredMapping,
  data: Float32Array,
  { voxels }: VoxelSet,
): Float32Array {
  return voxels.length === nVoxels ? data : pickColumns(data, nVoxels, voxels);
}

export function pickColumns(data: Float32Array, width: number, columns: Uint32Array): Float32Array {
  const rows = data.length / width;
  const result = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < columns.length; at++)
      result[row * columns.length + at] = data[row * width + columns[at]];
  }
  return result;
}
