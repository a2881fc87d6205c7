import { FusiformError } from '../../../shared/errors.ts';
import type { ListedFile } from '../../formats/files/list.ts';
import type { BidsDataset, BidsMask } from './layout.ts';
import {
  bySubject,
  isImageName,
  type LooseRun,
  labelsOf,
  nameRuns,
  placeOf,
  sidecarBeside,
  stemOf,
  tellingFolders,
} from './loose.ts';
import { TableMatcher } from './match-tables.ts';

/** Anatomical images, means and maps: no time series of a task. */
const noSeries =
  /(^|[_-])(t1w?|t2w?|t2star|flair|mprage|anat|struct(ural)?|sbref|mean|fieldmap|fmap|magnitude\d?|phasediff|dwi|dseg|probseg|stat|statmap|con|beta|spm[tf]|resms|rpv)([_-]|\d*$)|^(mean|c[1-6]|w?mw?c[1-6]|wc[1-6]|y_|iy_)/i;
const maskName = /mask|(^|[_-])rois?([_-]|$)/i;

/**
 * Lists the runs of a folder of a lab's own naming: every image that is no mask, map or anatomical scan, with the table
 * of events whose name is the image's (see `TableMatcher`), and likewise confounds, a mask and a sidecar.
 *
 * @throws FusiformError BIDS_NOT_A_DATASET where no image has a table of events
 */
export async function indexPlain(root: string, listed: readonly ListedFile[]): Promise<BidsDataset> {
  const tables = new TableMatcher(listed);
  const images = listed.filter(({ relative }) => isImageName(relative));
  const isMask = ({ relative }: ListedFile): boolean =>
    maskName.test(stemOf(relative)) || /(^|\/)(masks?|rois?)\//i.test(relative);
  const series = images.filter((image) => !isMask(image) && !noSeries.test(stemOf(image.relative)));
  const sidecars = new Map(
    listed
      .filter(({ relative }) => relative.endsWith('.json'))
      .map((file) => [file.relative.slice(0, -'.json'.length), file.path]),
  );
  const found: LooseRun[] = [];
  for (const { path, relative, danglingLink } of series) {
    const stem = stemOf(relative);
    found.push({
      labels: labelsOf(relative, stem),
      boldPath: path,
      danglingLink,
      version: 'as named',
      space: null,
      eventsPath: tables.eventsFor(relative, stem)?.path ?? null,
      confoundsPath: tables.confoundsFor(relative, stem)?.path ?? null,
      maskPath: maskOf(relative, stem, images.filter(isMask))?.path ?? null,
      metadata: await sidecarBeside(sidecars.get(relative.replace(/\.(nii|img)(\.gz)?$/i, '')) ?? null),
    });
  }
  if (!found.some(({ eventsPath }) => eventsPath !== null)) {
    throw new FusiformError(
      'BIDS_NOT_A_DATASET',
      series.length === 0
        ? 'The folder holds no folders of subjects named `sub-...`, and no images of runs.'
        : `The folder holds ${series.length} images, and no table of events that is named as one of them.`,
      { file: root },
    );
  }
  const subjects = bySubject(nameRuns(found), (label) => ({
    masks: images.filter((image) => isMask(image) && concerns(image, label)).map(asMask),
    models: [],
  }));
  return { root, layout: 'plain', name: null, bidsVersion: null, subjects, problems: [] };
}

/** The mask that was made for this very image: `run1_mask.nii` of `run1.nii`. */
function maskOf(image: string, stem: string, masks: readonly ListedFile[]): ListedFile | undefined {
  const core = stem.replace(/_(bold|func|epi)$/i, '').toLowerCase();
  return masks.find(
    ({ relative }) =>
      placeOf(relative) === placeOf(image) &&
      stemOf(relative).toLowerCase().startsWith(`${core}_`) &&
      /mask$/i.test(stemOf(relative)),
  );
}

/** A mask in no subject's folder is everybody's. */
function concerns({ relative }: ListedFile, label: string): boolean {
  return tellingFolders(relative).length === 0 || labelsOf(relative, '').subject === label;
}

function asMask({ path, relative, danglingLink }: ListedFile): BidsMask {
  const name = stemOf(relative).replace(/^mask$/i, 'brain');
  return { name, path, danglingLink, space: null, isGreyMatter: false };
}
