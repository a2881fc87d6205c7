import { FusiformError } from '../../shared/errors.ts';

export interface RepetitionTimeSources {
  /** The merged sidecars of the run. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of the image header: seconds, and whether the header names the unit. */
  readonly header: { readonly tR: number | null; readonly units: { readonly time: string } };
  /** The image, for errors. */
  readonly file: string;
}

/** Seconds. Faster than the fastest and slower than the slowest protocols in use: outside, the unit is wrong. */
const plausible = { min: 0.05, max: 30 };
/** Relative. Scanners report times to the microsecond, headers hold float32. */
const tolerance = 1e-3;

/**
 * The time between volumes in seconds: RepetitionTime of the sidecar, else the image header.
 *
 * Where both are given they must agree, except that a header which does not name its unit has no say.
 *
 * @throws FusiformError BIDS_TR_INVALID when neither tells it, they contradict each other, or the value is no
 *   plausible number of seconds
 */
export function repetitionTime({ metadata, header, file }: RepetitionTimeSources): number {
  const fromSidecar = metadata.RepetitionTime;
  const fromHeader = header.tR;
  if (fromSidecar === undefined || fromSidecar === null) {
    if (fromHeader === null) {
      throw invalid(
        'The time between volumes is given neither in a sidecar (RepetitionTime) nor in the header',
        file,
      );
    }
    return checked(fromHeader, 'The image header', file);
  }
  if (typeof fromSidecar !== 'number') {
    throw invalid(`RepetitionTime in the sidecar is ${JSON.stringify(fromSidecar)}, not a number`, file);
  }
  const tR = checked(fromSidecar, 'The sidecar', file);
  if (fromHeader !== null && header.units.time !== 'unknown' && Math.abs(fromHeader - tR) > tolerance * tR) {
    throw invalid(`The sidecar says ${tR} s between volumes, and the image header ${fromHeader} s`, file);
  }
  return tR;
}

function checked(tR: number, source: string, file: string): number {
  if (tR >= plausible.min && tR <= plausible.max) return tR;
  const hint = tR >= 1000 * plausible.min && tR <= 1000 * plausible.max ? ' (milliseconds?)' : '';
  throw invalid(`${source} says ${tR} s between volumes, which cannot be${hint}`, file);
}

function invalid(message: string, file: string): FusiformError {
  return new FusiformError('BIDS_TR_INVALID', `${message}.`, { file });
}
