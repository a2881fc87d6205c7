import { type LearningCurve, pointSelections } from '../../shared/learning-curve.ts';
import type { DecodedAttributes } from '../../shared/decoded-attributes.ts';
import type { EntryKind } from '../../shared/entry-kinds.ts';
import type { ImageryResult } from '../../shared/imagery.ts';
import type { RegionComparison } from '../../shared/region-comparison.ts';
import { type VoxelReliability, voxelReliabilitySchema } from '../../shared/voxel-reliability.ts';
import { readRegionComparison } from '../jobs/stages/compare-regions.ts';
import { readDecodedAttributes } from '../jobs/stages/decoded-attributes-result.ts';
import { readImageryResult } from '../jobs/stages/imagery-result.ts';
import { readLearningCurve } from '../jobs/stages/learning-curve.ts';
import { voxelReliabilityStage } from '../jobs/stages/voxel-reliability.ts';
import { listJobs } from '../store/jobs.ts';
import type { Workspace } from './workspace.ts';

/* What the project holds of an evaluation's further analyses, each under the evaluation's name; null where there is none yet. */

export const attributesOf = (workspace: Workspace, name: string): Promise<DecodedAttributes | null> =>
  held(workspace, 'attributes', name, readDecodedAttributes);

export const imageryOf = (workspace: Workspace, name: string): Promise<ImageryResult | null> =>
  held(workspace, 'imagery', name, readImageryResult);

export const regionsOf = (workspace: Workspace, name: string): Promise<RegionComparison | null> =>
  held(workspace, 'regions', name, readRegionComparison);

/** With voxels of each point's own runs, and with those of all runs. */
export async function learningCurvesOf(workspace: Workspace, name: string): Promise<LearningCurve[]> {
  const names = pointSelections.map((selection) =>
    selection === 'own-runs' ? name : `${name}/${selection}`,
  );
  const curves = await Promise.all(
    names.map((each) => held(workspace, 'learning-curve', each, readLearningCurve)),
  );
  return curves.filter((curve) => curve !== null);
}

/** Of the latest job that asked; null where none has. */
export function reliabilityOf(workspace: Workspace, subject: string): VoxelReliability | null {
  const job = listJobs(workspace.store.sql)
    .filter(
      ({ stage, state, summary }) =>
        stage === voxelReliabilityStage.name && state === 'done' && summary?.subject === subject,
    )
    .at(-1);
  return job === undefined ? null : voxelReliabilitySchema.parse(job.summary);
}

async function held<Result>(
  workspace: Workspace,
  kind: EntryKind,
  name: string,
  read: (folder: string) => Promise<Result>,
): Promise<Result | null> {
  if (!workspace.entries(kind).some((entry) => entry.name === name)) return null;
  return read(workspace.entry(kind, name).path);
}
