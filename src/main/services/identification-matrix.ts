import { join } from 'node:path';
import type { IdentificationMatrix } from '../../shared/contract/evaluation.ts';
import { FusiformError } from '../../shared/errors.ts';
import { rowCorrelations } from '../decoding/correlations.ts';
import { allVoxels, readDecoded } from '../jobs/stages/decode-patterns.ts';
import { rowsOf } from '../jobs/stages/face-rows.ts';
import { pickCodes, readLatents } from '../jobs/stages/latents.ts';
import { jobInputs } from '../store/jobs.ts';
import type { Workspace } from './workspace.ts';

/** Test faces up to which every decoded code is shown beside every true one. */
const mostShown = 200;

/**
 * r of each decoded code (rows) with the true code of each test face (columns) in one region.
 *
 * @param name the entry of an evaluation
 * @returns null where there are more test faces than a matrix shows
 * @throws FusiformError NAME_UNKNOWN, and as the codes are read where the project no longer holds them
 */
export async function identificationMatrix(
  workspace: Workspace,
  name: string,
  region: string,
): Promise<IdentificationMatrix | null> {
  const { key } = workspace.entry('evaluation', name);
  const inputs = jobInputs(workspace.store.sql, key);
  const folder = (input: string) => join(workspace.store.artifactsDir, inputs[input] ?? '');
  const { stimuli, correlations } = await readCorrelations(folder('decoded'), folder('latents'), region);
  return stimuli.length > mostShown ? null : { stimuli, correlations: [...correlations] };
}

/** @returns `correlations` [n, n] in the order of `stimuli`. @throws FusiformError NAME_UNKNOWN for a region that was not decoded */
export async function readCorrelations(
  decodedFolder: string,
  latentsFolder: string,
  region: string = allVoxels,
): Promise<{ stimuli: string[]; correlations: Float64Array }> {
  const { description, regions } = await readDecoded(decodedFolder);
  const found = regions.find((candidate) => candidate.name === region);
  if (found === undefined) {
    const names = regions.map((candidate) => candidate.name).join(', ');
    throw new FusiformError('NAME_UNKNOWN', `Nothing was decoded from "${region}" (there is: ${names}).`);
  }
  const latents = await readLatents(latentsFolder);
  const rows = rowsOf(description.testFaces, latents.files, latentsFolder);
  return {
    stimuli: [...description.testFaces],
    correlations: rowCorrelations(found.test, pickCodes(latents, rows), latents.latentDim),
  };
}
