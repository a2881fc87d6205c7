import { type BidsName, parseBidsName } from './entities.ts';

/** A BIDS name with the letters that SPM's steps put before it. */
export interface DerivativeName extends BidsName {
  /** `swar`, `rp_`; '' for a name that begins as BIDS wants. */
  readonly prefix: string;
}

/** Up to version 1.1 fMRIPrep wrote the suffix of the raw file before what it had done to it. */
const old =
  /^(sub-.+)_bold_(?:(space-[a-zA-Z0-9]+)_)?(?:variant-([a-zA-Z0-9]+)_)?(preproc|brainmask|confounds)$/;
const oldSurface = /^(sub-.+)_bold_(space-[a-zA-Z0-9]+)\.([LR])$/;
/** s smoothed, w normalised, a slice timing, r realigned and resliced, u unwarped, f converted from DICOM. */
const spm = /^([swaruf]+|rp_[swaruf]*)$/;

/** A name of a raw or derived file in today's terms, whatever version of whatever tool wrote it; null for any other. */
export function parseDerivativeName(fileName: string): DerivativeName | null {
  const [, prefix, rest] = /^([a-z_\d]+)(sub-.+)$/.exec(fileName) ?? [fileName, '', fileName];
  // Other letters before a name make another thing of it: a mean image, a tissue, a mask.
  if (prefix !== '' && !spm.test(prefix)) return null;
  const parsed = parseBidsName(rest) ?? parseBidsName(modernName(rest) ?? '');
  return parsed && { ...parsed, prefix };
}

function modernName(fileName: string): string | null {
  const surface = /^(.+)\.func\.gii$/.exec(fileName)?.[1];
  if (surface !== undefined) {
    const [, run, space, hemisphere] = oldSurface.exec(surface) ?? [];
    return run === undefined ? null : `${run}_hemi-${hemisphere}_${space}_bold.func.gii`;
  }
  const [, stem, extension] = /^(.+?)(\.nii\.gz|\.nii|\.tsv|\.json)$/.exec(fileName) ?? [];
  const [, run, space, variant, kind] = stem === undefined ? [] : (old.exec(stem) ?? []);
  if (run === undefined) return null;
  const spaced = space === undefined ? run : `${run}_${space}`;
  if (kind === 'confounds') return `${run}_desc-confounds_regressors${extension}`;
  return kind === 'brainmask'
    ? `${spaced}_desc-brain_mask${extension}`
    : `${spaced}_desc-${variant ?? 'preproc'}_bold${extension}`;
}
