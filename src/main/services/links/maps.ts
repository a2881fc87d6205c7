import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MapTargetName, TargetMaps } from '../../../shared/contract/links.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { readVolume } from '../../formats/nifti/read.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { allVoxels } from '../../jobs/stages/decode-patterns.ts';
import { faceName } from '../../jobs/stages/roles.ts';
import { jobInputs, listJobs } from '../../store/jobs.ts';
import type { Workspace } from '../workspace.ts';
import { readMappingInSpace } from './mapping-in-space.ts';
import { strongestOf } from './voxel.ts';

const mapsSchema = z.object({
  region: z.string(),
  maps: z.array(z.object({ file: z.string(), target: z.string(), kind: z.string() })),
});
const sidecarSchema = z.looseObject({ Description: z.string().default(''), Units: z.string().default('') });

/** Voxels that are named. */
const named = 10;
/** Of which kind the strongest voxels and the parts of regions are told. */
const summaryKind = { latent: 'encodingWeight', attribute: 'haufePattern', face: 'contribution' } as const;

/**
 * Maps of a latent, an attribute or a decoded face, of all voxels, that were made of the subject's mapping as it is now.
 *
 * @throws FusiformError NAME_UNKNOWN, and what reading throws
 */
export async function mapsOfTarget(
  workspace: Workspace,
  {
    subject,
    model,
    target,
  }: { readonly subject: string; readonly model: string; readonly target: MapTargetName },
): Promise<TargetMaps> {
  const space = await readMappingInSpace(workspace, { subject, model });
  const found = await findMaps(workspace, space.outcome.hash, target);
  if (found === null) return { maps: [], strongest: [], regions: [] };
  const { folder, hash, name, maps } = found;
  const kind = summaryKind[target.kind];
  const summary = maps.find((map) => map.kind === kind);
  const values =
    summary === undefined
      ? []
      : Float64Array.from(
          space.mapping.voxels,
          (
            (data: Float32Array) => (index: number) =>
              data[index]
          )((await readVolume(join(folder, summary.file))).data),
        );
  const regions = (await readTable(join(folder, 'regions.tsv'))).rows
    .filter((row) => row.values.target === name && row.values.kind === kind)
    .map((row) => ({
      region: row.values.region,
      nVoxels: Number(row.values.n_voxels),
      sum: Number(row.values.sum),
      share: Number(row.values.share),
    }));
  return {
    maps: await Promise.all(
      maps.map(async ({ file, kind: shown }) => {
        const sidecar = sidecarSchema.parse(
          await readJsonFile(join(folder, file.replace(/\.nii\.gz$/, '.json'))),
        );
        return {
          kind: shown,
          id: `artifact:${hash}/${file}`,
          description: sidecar.Description,
          units: sidecar.Units,
        };
      }),
    ),
    strongest: strongestOf(values, named).map((position) => ({
      ...space.placeOf(position),
      value: values[position],
    })),
    regions,
  };
}

/** The newest job that mapped the target from all voxels of this mapping. */
async function findMaps(workspace: Workspace, mapping: string, target: MapTargetName) {
  const { sql, artifactsDir } = workspace.store;
  const jobs = listJobs(sql).filter(
    ({ stage, state, artifact, key }) =>
      stage === 'weight-maps' &&
      state === 'done' &&
      artifact !== null &&
      jobInputs(sql, key).mapping === mapping,
  );
  for (const { artifact } of jobs.reverse()) {
    const hash = artifact ?? '';
    const folder = join(artifactsDir, hash);
    const file = join(folder, 'maps.json');
    if (!existsSync(file)) continue;
    const { region, maps } = mapsSchema.parse(await readJsonFile(file));
    if (region !== allVoxels) continue;
    const own = maps.filter((map) => isOf(map.target, target));
    if (own.length > 0) return { folder, hash, name: own[0].target, maps: own };
  }
  return null;
}

/** As the stage names its targets. */
function isOf(name: string, target: MapTargetName): boolean {
  if (target.kind === 'latent') return name === `latent ${target.index}`;
  return name === target.name || (target.kind === 'face' && faceName(name) === faceName(target.name));
}
