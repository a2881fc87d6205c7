/** Published figures of VanRullen & Reddy (2019), means over four subjects (ranges where they are given). */
export const published = {
  vaegan: {
    pairwise: 0.955,
    pairwiseRange: [0.913, 0.987],
    nWay: 0.65,
    nWayRange: [0.4, 0.75],
    ssim: 0.505,
    ssimRange: [0.484, 0.528],
  },
  pca: {
    pairwise: 0.875,
    pairwiseRange: [0.766, 0.924],
    nWay: 0.4125,
    nWayRange: [0.25, 0.5],
    ssim: 0.458,
    ssimRange: [0.435, 0.479],
  },
  regions: {
    occipital: { vaegan: 0.918, pca: 0.872 },
    temporal: { vaegan: 0.788, pca: 0.736 },
    frontoparietal: { vaegan: 0.601, pca: 0.564 },
  },
  gender: {
    decoded: 0.7,
    trueCodes: 0.85,
    p: 0.0001,
    regions: { occipital: 0.7125, temporal: 0.6625, frontoparietal: 0.5125 },
  },
  imagery: { temporal: 0.842, p: 0.012 },
} as const;
