import { z } from 'zod';

const share = z.number().nullable();

/** How reliable the responses of the voxels to the test faces are, by region; medians over voxels. */
export const voxelReliabilitySchema = z.object({
  subject: z.string(),
  runs: z.number().int(),
  /** Sets of runs that the noise was estimated from. */
  sets: z.number().int(),
  testFaces: z.number().int(),
  voxels: z.number().int(),
  regions: z.array(
    z.object({
      region: z.string(),
      voxels: z.number().int(),
      /** r of odd with even runs over test faces. */
      splitHalf: share,
      spearmanBrown: share,
      /** Percent of the variance over faces that is no noise. */
      noiseCeiling: share,
      /** Share of voxels whose noise ceiling is above 10 %. */
      above10: share,
      /** Mean r over test faces of the patterns of both halves. */
      patterns: share,
    }),
  ),
});
export type VoxelReliability = z.output<typeof voxelReliabilitySchema>;
