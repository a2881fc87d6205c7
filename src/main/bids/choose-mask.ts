import type { BidsMask, BidsRun } from './layouts/layout.ts';

/**
 * The mask that a subject's runs are analysed in where none is named: the study's own mask of grey matter, else the one
 * image of grey matter's probability in the space of the runs, else the brain. A mask in the space of the runs comes
 * before one in another; of probabilities, which are as many as there are spaces and resolutions, one in another space or
 * one of several is none.
 *
 * @returns its path; null where the study has none
 */
export function chooseMask(masks: readonly BidsMask[], runs: readonly BidsRun[]): string | null {
  const space = runs.at(0)?.space ?? null;
  const present = masks.filter((mask) => mask.danglingLink === null);
  const named = (pattern: RegExp): string | undefined => {
    const found = present.filter((mask) => !mask.isGreyMatter && pattern.test(mask.name));
    return (found.find((mask) => mask.space === space) ?? found.at(0))?.path;
  };
  return (
    named(/^(gm|gr[ae]y)/i) ??
    greyMatter(present, runs.at(0)) ??
    runs.find((run) => run.maskPath !== null)?.maskPath ??
    named(/^brain/i) ??
    null
  );
}

function greyMatter(masks: readonly BidsMask[], run: BidsRun | undefined): string | undefined {
  if (run === undefined) return undefined;
  const found = masks.filter((mask) => mask.isGreyMatter && (mask.space ?? 'T1w') === spaceOf(run));
  return found.length === 1 ? found[0].path : undefined;
}

/** The space of tissue images: what fMRIPrep names `T1w` has no `space-` in the names of the anatomy itself. */
function spaceOf({ space, version }: BidsRun): string | null {
  const prefix = /^SPM (\w*)$/.exec(version)?.[1];
  if (prefix === undefined) return space;
  return prefix.includes('w') ? 'normalised' : 'native';
}
