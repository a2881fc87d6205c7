import type { Problem } from '../../../shared/errors.ts';
import type { Mask } from '../../imaging/mask.ts';
import type { StageContext } from '../stage.ts';
import { analysisMask, type BoldRun, openRuns, type RunSpec } from './bold-run.ts';
import type { GlmSettings } from './glm-settings.ts';
import { readSubjectIndex, type SubjectIndex } from './index-subject.ts';

export interface SubjectRuns {
  readonly index: SubjectIndex;
  /** On one grid; their volumes are still on the disk. */
  readonly runs: readonly BoldRun[];
  /** The voxels to analyse. */
  readonly mask: Mask;
  /** Runs that are left out and why, and what is worth knowing of the mask. */
  readonly problems: readonly Problem[];
}

/**
 * Opens those runs that the subject's index holds (inputs `subject`, optionally `mask`, and as in bold-run.ts).
 *
 * @param maskThreshold of a mask of probabilities, the least that counts
 * @throws FusiformError as `openRuns` and `analysisMask`
 */
export async function openSubjectRuns(
  specs: readonly RunSpec[],
  settings: GlmSettings,
  maskThreshold: number,
  context: StageContext,
): Promise<SubjectRuns> {
  const { inputs, signal } = context;
  const index = await readSubjectIndex(inputs.subject);
  const usable = specs.filter(({ name }) => index.runs.some((run) => run.name === name));
  const opened = await openRuns(usable, settings, context);
  const { mask, problems } = await analysisMask(inputs.mask, opened.results, signal, maskThreshold);
  return { index, runs: opened.results, mask, problems: [...opened.problems, ...problems] };
}
