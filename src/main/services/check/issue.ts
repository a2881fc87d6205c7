import type { ErrorCode } from '../../../shared/error-codes.ts';
import { FusiformError, type Problem } from '../../../shared/errors.ts';

/**
 * - `error`: a run (or a row of it) cannot be used, or the analysis would be wrong;
 * - `warning`: something contradicts itself or is missing, and the analysis goes on by a stated rule;
 * - `note`: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note';

export const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** Something that is missing or contradictory in a study, with its place. */
export interface StudyIssue extends Problem {
  readonly severity: Severity;
  /** Null for what concerns the whole study. */
  readonly subject: string | null;
  readonly run: string | null;
}

/** Codes that are no errors when they are found before anything runs. */
const milder: Partial<Record<ErrorCode, Severity>> = {
  STUDY_VERSIONS: 'note',
  STUDY_VERSION_MISSING: 'warning',
  STUDY_RUN_TWICE: 'warning',
  STUDY_VOLUMES_APART: 'warning',
  EVENTS_UNSORTED: 'note',
  EVENTS_NEGATIVE: 'note',
  EVENTS_TWICE: 'warning',
  EVENTS_OVERLAP: 'warning',
  EVENTS_OUTLAST_RUN: 'note',
  EVENTS_NO_TYPE: 'warning',
  EVENTS_LABELS: 'note',
  EVENTS_COLUMNS_DIFFER: 'warning',
  BIDS_TR_UNIT: 'warning',
  SIDECAR_MISSING: 'warning',
  RUN_TR_DIFFERS: 'warning',
  RUN_SHORT: 'warning',
  RUN_NUMBERS: 'note',
  RUN_DUPLICATE: 'error',
  CONFOUNDS_MISSING: 'note',
  CONFOUNDS_NOT_FINITE: 'warning',
  MASK_GRID_MISMATCH: 'warning',
  VOXELS_WITHOUT_DATA: 'note',
  STIMULI_MISSING: 'warning',
  ROLES_INCOMPLETE: 'warning',
  BIDS_NO_RUNS: 'note',
};

export interface IssuePlace {
  readonly subject?: string;
  readonly run?: string;
}

export function asIssue(
  problem: Problem,
  { subject = undefined, run = undefined }: IssuePlace = {},
): StudyIssue {
  return {
    ...problem,
    severity: milder[problem.code] ?? 'error',
    subject: subject ?? null,
    run: run ?? null,
  };
}

/** A refusal as an issue; what is no fault of the data goes on as it is. */
export function issueOf(error: unknown, place: IssuePlace): StudyIssue {
  if (error instanceof FusiformError && error.code !== 'JOB_CANCELLED')
    return asIssue(error.toProblem(), place);
  throw error;
}
