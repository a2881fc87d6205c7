import type { RegionEvaluation, Score } from '../../../shared/evaluation.ts';
import { fdrAdjusted } from '../../math/multiple-testing.ts';
import { allVoxels } from '../stages/decode-patterns.ts';

/**
 * The p of every score, adjusted for the false discovery rate over the regions that it was taken in (Benjamini & Hochberg
 * 1995). Regions alone are one family, regions left out another; all voxels together are tested once, and stand outside.
 */
export function adjustOverRegions(regions: readonly RegionEvaluation[]): RegionEvaluation[] {
  const adjusted = regions.map((region) => ({ ...region, retrieval: [...region.retrieval] }));
  const families = [
    adjusted.filter(({ name, excluded }) => name !== allVoxels && excluded === undefined),
    adjusted.filter(({ excluded }) => excluded !== undefined),
  ];
  for (const family of families) {
    if (family.length < 2) continue;
    for (const key of ['pairwise', 'nWay'] as const) {
      adjustScores(family.map((region) => region[key])).forEach((score, at) => {
        family[at][key] = score;
      });
    }
    for (const key of ['gender', 'genderPublished', 'imagery'] as const) {
      const having = family.filter((region) => region[key] !== null);
      const scores = having.flatMap((region) => region[key] ?? []);
      adjustScores(scores).forEach((score, at) => {
        having[at][key] = score;
      });
    }
    for (const at of family[0].retrieval.keys()) {
      adjustScores(family.map(({ retrieval }) => retrieval[at])).forEach((score, region) => {
        family[region].retrieval[at] = score;
      });
    }
  }
  return adjusted;
}

function adjustScores<S extends Score>(scores: readonly S[]): S[] {
  const adjusted = fdrAdjusted(scores.map(({ p }) => p ?? Number.NaN));
  return scores.map((score, at) =>
    Number.isNaN(adjusted[at]) ? score : { ...score, adjustedP: adjusted[at] },
  );
}
