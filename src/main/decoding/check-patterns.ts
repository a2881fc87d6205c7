import { FusiformError } from '../../shared/errors.ts';

/**
 * Refuses what no decoder can read.
 *
 * @param patterns [n, nVoxels]
 * @throws FusiformError PATTERN_VOXELS_MISMATCH for no whole number of patterns, PATTERN_NOT_FINITE naming pattern and voxel
 */
export function checkPatterns(patterns: Float32Array | Float64Array, nVoxels: number): void {
  if (patterns.length === 0 || patterns.length % nVoxels !== 0) {
    throw new FusiformError(
      'PATTERN_VOXELS_MISMATCH',
      `${patterns.length} values are no whole number of patterns of ${nVoxels} voxels.`,
      { details: { values: patterns.length, nVoxels } },
    );
  }
  const bad = patterns.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const place = { pattern: Math.floor(bad / nVoxels), voxel: bad % nVoxels };
  throw new FusiformError(
    'PATTERN_NOT_FINITE',
    `Voxel ${place.voxel} of pattern ${place.pattern} is ${patterns[bad]}.`,
    { details: place },
  );
}
