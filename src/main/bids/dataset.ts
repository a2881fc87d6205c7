import { join } from 'node:path';
import type { ListedFile } from '../formats/files/list.ts';
import { kindOf } from '../formats/files/look.ts';
import { indexBids } from './layouts/bids.ts';
import { listStudy } from './layouts/collections.ts';
import type { BidsDataset, IndexOptions, Layout } from './layouts/layout.ts';
import { indexPlain } from './layouts/plain.ts';
import { indexRunTable, runTableNames } from './layouts/run-table.ts';
import { indexSpm, looksLikeSpm } from './layouts/spm.ts';

export {
  type BidsDataset,
  type BidsMask,
  type BidsRun,
  type BidsSubject,
  type BidsSurface,
  type IndexOptions,
  type Layout,
  layouts,
} from './layouts/layout.ts';

/**
 * Lists what a study holds for every subject: functional runs with their events, sidecars, confounds and masks. The
 * layout is the one that lies there, unless one is asked for. No image is opened; images that are dangling links are
 * marked.
 *
 * @param root a folder (a BIDS dataset raw or derived, folders as SPM leaves them, a lab's own), or a table of runs
 * @throws FusiformError FILE_NOT_FOUND, BIDS_NOT_A_DATASET where no runs can be told, STUDY_VERSION_UNKNOWN,
 *   RUN_TABLE_INVALID
 */
export async function indexDataset(root: string, options: IndexOptions = {}): Promise<BidsDataset> {
  if (/\.(tsv|csv)$/i.test(root) && (await kindOf(root)) === 'file') return indexRunTable(root);
  const listed = await listStudy(root);
  const layout = options.layout ?? layoutOf(listed);
  if (layout === 'bids' || layout === 'fmriprep') return indexBids(root, listed, options);
  if (layout === 'spm') return indexSpm(root, listed, options);
  const table = runTableNames.find((name) => listed.some(({ relative }) => relative === name));
  return table === undefined ? indexPlain(root, listed) : indexRunTable(join(root, table));
}

/** What lies there: names of BIDS first, then a table of runs, then SPM's motion parameters, else images and tables. */
function layoutOf(listed: readonly ListedFile[]): Layout {
  const holds = (pattern: RegExp): boolean => listed.some(({ relative }) => pattern.test(relative));
  if (holds(/(^|\/)sub-[a-zA-Z0-9]+\/.*sub-[^/]*$/)) return 'bids';
  if (runTableNames.some((name) => listed.some(({ relative }) => relative === name))) return 'plain';
  if (looksLikeSpm(listed)) return 'spm';
  return holds(/(^|\/)sub-[^/]+\//) && !holds(/\.(nii|img)(\.gz)?$/i) ? 'bids' : 'plain';
}
