import type { Problem } from '../../../shared/errors.ts';

/** How a study lies on the disk. */
export const layouts = ['bids', 'fmriprep', 'spm', 'plain'] as const;
/**
 * - `bids`: a raw dataset, its own images;
 * - `fmriprep`: preprocessed runs with BIDS names (fMRIPrep's, and SPM's prefixes before BIDS names);
 * - `spm`: folders as SPM leaves them, without BIDS names;
 * - `plain`: images and tables of a lab's own naming, with or without a table of runs.
 */
export type Layout = (typeof layouts)[number];

/** Which study, and which version of its runs, an index is of. All but the root may be left to what lies there. */
export interface IndexOptions {
  readonly layout?: Layout;
  /** Folders of derivatives that lie beside the dataset. Where any is named, `derivatives/` is not searched for runs. */
  readonly derivatives?: readonly string[];
  /** `space-` of the runs: `T1w`, `MNI152NLin2009cAsym`; `native` for images without the entity. */
  readonly space?: string;
  /** `res-` of the runs: `2`; `native` for images without the entity. */
  readonly resolution?: string;
  /** Letters before the file names that SPM's steps leave: `ra`, `war`, `swar`. */
  readonly prefix?: string;
}

export interface BidsDataset {
  readonly root: string;
  /** As asked for, or as found. */
  readonly layout: Layout;
  /** From dataset_description.json. */
  readonly name: string | null;
  readonly bidsVersion: string | null;
  /** By label. */
  readonly subjects: readonly BidsSubject[];
  /** What is wrong with single files, such as a sidecar that is not JSON. */
  readonly problems: readonly Problem[];
}

export interface BidsSubject {
  /** Without `sub-`. */
  readonly label: string;
  /** Sessions in order, without `ses-`; empty where the dataset has none. */
  readonly sessions: readonly string[];
  /** By session, task, run; one version of every run. */
  readonly runs: readonly BidsRun[];
  /** Mask images under `derivatives`: BIDS's `_mask` files, any image in a folder named `masks`, probabilities of grey matter. */
  readonly masks: readonly BidsMask[];
  /** Time series and other data on surfaces, by path. */
  readonly surfaces: readonly BidsSurface[];
  /** SPM's own models (`SPM.mat`), by path; they are listed, not read. */
  readonly models: readonly string[];
  /** What is worth knowing of this subject's files, such as which of several versions of the runs was taken. */
  readonly problems: readonly Problem[];
}

export interface BidsRun {
  /** `sub-01_ses-01_task-faces_run-01`: the same for every version of a run. */
  readonly name: string;
  readonly subject: string;
  readonly session: string | null;
  readonly task: string;
  readonly run: string | null;
  readonly entities: Readonly<Record<string, string>>;
  readonly boldPath: string;
  /** Where the image links to when its content is not there, else null. */
  readonly danglingLink: string | null;
  /** What was done to the image, in words: `raw`, `space-T1w desc-preproc`, `SPM ra`. */
  readonly version: string;
  /** `space-` of a derivative, null where it has none. */
  readonly space: string | null;
  readonly eventsPath: string | null;
  /** A table that `readConfounds` understands, beside the image or among the derivatives. */
  readonly confoundsPath: string | null;
  /** The brain mask that was made for this very image. */
  readonly maskPath: string | null;
  /** All sidecars that apply, merged by the inheritance principle; a derivative's own come last. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface BidsMask {
  /** `brain`, `gray`: the label or desc of a BIDS name, else the file's name without its ending. */
  readonly name: string;
  readonly path: string;
  readonly danglingLink: string | null;
  /** `space-`, null where the name has none; `normalised` and `native` of SPM's tissue images. */
  readonly space: string | null;
  /** Whether it holds the probability of grey matter: fMRIPrep's `label-GM_probseg`, SPM's `c1`. */
  readonly isGreyMatter: boolean;
}

export interface BidsSurface {
  readonly path: string;
  readonly danglingLink: string | null;
  /** `L` or `R`. */
  readonly hemisphere: string;
  /** `fsaverage5`, `fsnative`, `fsLR`; null where the name does not say. */
  readonly space: string | null;
  /** `func` a time series, `shape` numbers of one map, `surf` a geometry, `label` regions. */
  readonly kind: string;
  /** The run that it belongs to, as `BidsRun.name`; null for anatomical data. */
  readonly run: string | null;
}
