import { FusiformError, type Problem } from '../../shared/errors.ts';

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
 * Where both are given they must agree, except that a header which does not name its unit has no say, and that one which
 * gives the sidecar's time in milliseconds under the name of seconds is understood (see `repetitionTimeNotes`).
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
  const agrees = fromHeader === null || header.units.time === 'unknown' || isClose(fromHeader, tR);
  if (!agrees && !isThousandfold(fromHeader, tR)) {
    throw invalid(`The sidecar says ${tR} s between volumes, and the image header ${fromHeader} s`, file);
  }
  return tR;
}

/** What is worth saying of a time that `repetitionTime` took: BIDS_TR_UNIT where a header names the wrong unit. */
export function repetitionTimeNotes({ metadata, header, file }: RepetitionTimeSources): Problem[] {
  const fromSidecar = metadata.RepetitionTime;
  if (typeof fromSidecar !== 'number' || header.tR === null || !isThousandfold(header.tR, fromSidecar))
    return [];
  const message = `The image header says ${header.tR} s between volumes; these are milliseconds, as the ${fromSidecar} s of the sidecar show.`;
  return [new FusiformError('BIDS_TR_UNIT', message, { file }).toProblem()];
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * b;
}

function isThousandfold(header: number, sidecar: number): boolean {
  return isClose(header / 1000, sidecar);
}

function checked(tR: number, source: string, file: string): number {
  if (tR >= plausible.min && tR <= plausible.max) return tR;
  const hint = tR >= 1000 * plausible.min && tR <= 1000 * plausible.max ? ' (milliseconds?)' : '';
  throw invalid(`${source} says ${tR} s between volumes, which cannot be${hint}`, file);
}

function invalid(message: string, file: string): FusiformError {
  return new FusiformError('BIDS_TR_INVALID', `${message}.`, { file });
}
