import { join } from 'node:path';
import type { VoxelSeries } from '../../../shared/contract/links.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { readSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { predictedSeries } from '../../glm/predicted-series.ts';
import { factorSystem } from '../../glm/normal-system.ts';
import { pieceName } from '../../glm/streaming.ts';
import { voxelChunks } from '../../glm/voxel-chunks.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { type BoldRun, checkGrid, frameTimes, openRun, type RunSpec } from '../../jobs/stages/bold-run.ts';
import { CodeBook, runDesign } from '../../jobs/stages/encoding-design.ts';
import {
  allButLatents,
  encodingDescriptionSchema,
  encodingFiles,
  encodingParameters,
} from '../../jobs/stages/fit-encoding.ts';
import { needsConfounds } from '../../jobs/stages/glm-settings.ts';
import { readSubjectIndex, type SubjectIndex } from '../../jobs/stages/index-subject.ts';
import { readLatents } from '../../jobs/stages/latents.ts';
import { readMaskImage } from '../../jobs/stages/mask-image.ts';
import { isOneback, modelledEvents, regressorOf } from '../../jobs/stages/roles.ts';
import { SeriesReader } from '../../jobs/series-reader.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { rememberedHash } from '../../store/file-hashes.ts';
import { jobInputs } from '../../store/jobs.ts';
import { findAncestors } from '../../store/lineage.ts';
import { studyOptions } from '../../store/role-tables.ts';
import { collectRuns } from '../bids-inputs.ts';
import { parseOptions } from '../study-request.ts';
import { mappingName } from '../subjects.ts';
import type { Workspace } from '../workspace.ts';
import { flatIndex } from './mapping-in-space.ts';

export interface SeriesRequest {
  readonly subject: string;
  readonly model: string;
  /** Indices in the volume as it is stored. */
  readonly voxel: readonly [number, number, number];
  readonly run: string;
}

/**
 * A voxel's signal over one run, and what the encoding model behind a mapping predicts of it.
 *
 * @throws FusiformError NAME_UNKNOWN, RUN_UNKNOWN, VOXEL_OUTSIDE where the voxel is not in the brain mask, RUN_CHANGED where a file
 *   of the run is not the one that was fitted, MAPPING_WITHOUT_RUNS, and what reading throws
 */
export async function voxelSeries(
  workspace: Workspace,
  { subject, model, voxel, run: name }: SeriesRequest,
): Promise<VoxelSeries> {
  const encoding = findEncoding(workspace, subject, model);
  const subjectFolder = workspace.entry('subject', subject).path;
  const index = await readSubjectIndex(subjectFolder);
  const { settings } = encodingParameters.parse(encoding.parameters);
  const files = await filesOfRun(workspace, subject, name, encoding, {
    index,
    confounds: needsConfounds(settings),
  });
  const latentsFolder = join(workspace.store.artifactsDir, encoding.inputs.latents ?? '');
  return seriesOfRun({ ...files, encoding, index, latentsFolder }, voxel, workspace.signal);
}

/** A run as an encoding model was fitted to it. */
export interface FittedRun {
  readonly encoding: Pick<FittedEncoding, 'folder' | 'parameters'>;
  readonly index: SubjectIndex;
  readonly latentsFolder: string;
  readonly spec: RunSpec;
  /** Paths of the run's files, as stages name them. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** @throws FusiformError VOXEL_OUTSIDE, and what reading throws */
export async function seriesOfRun(
  { encoding, index, latentsFolder, spec, inputs }: FittedRun,
  voxel: readonly [number, number, number],
  signal: AbortSignal,
): Promise<VoxelSeries> {
  const { settings, noise } = encodingParameters.parse(encoding.parameters);
  const description = encodingDescriptionSchema.parse(
    await readJsonFile(join(encoding.folder, encodingFiles.description)),
  );
  const mask = await readMaskImage(join(encoding.folder, encodingFiles.mask));
  const flat = flatIndex(mask.grid, voxel);
  const position = mask.indices.indexOf(flat);
  if (position < 0) {
    throw new FusiformError(
      'VOXEL_OUTSIDE',
      `The voxel ${voxel.join(', ')} is not in the mask of the model: nothing was fitted there.`,
    );
  }
  const run = await openRun(spec, settings, { inputs });
  checkGrid(run, mask);
  const codes = new CodeBook(await readLatents(latentsFolder), index.trainFaces);
  const { latentNames, others } = description;
  const names = [...others, ...latentNames];
  const design = runDesign(run, index.roles, settings, codes, names, latentNames);
  const rho =
    noise === 'ar1'
      ? await correlationOf(run, mask.indices, allButLatents(design, latentNames.length), signal)
      : 0;
  const bold = await run.series.readMasked(Uint32Array.of(flat), signal);
  const beta = await coefficients(encoding.folder, names, mask.indices.length, position);
  const { fit, nuisance, explained } = predictedSeries(design.x, design.nuisance, bold, beta, rho);
  return {
    run: spec.name,
    times: [...frameTimes(run.series.nVolumes, run.tR, settings.sliceTimeReference)],
    tR: run.tR,
    bold: [...bold],
    fit: [...fit],
    nuisance: [...nuisance],
    explained,
    rho,
    regressors: names.length,
    events: eventsOf(run, index),
  };
}

interface FittedEncoding {
  readonly folder: string;
  readonly parameters: unknown;
  readonly inputs: Readonly<Record<string, string>>;
}

/** The encoding model that the mapping's weights are of. */
function findEncoding(workspace: Workspace, subject: string, model: string): FittedEncoding {
  const { sql, artifactsDir } = workspace.store;
  const mapping = workspace.entry('mapping', mappingName(subject, model));
  const [found] = findAncestors(sql, mapping.key, 'fit-encoding');
  if (found === undefined || found.artifact === null) {
    throw new FusiformError(
      'MAPPING_WITHOUT_RUNS',
      `The mapping of subject ${subject} through "${model}" was not fitted to runs of this project.`,
    );
  }
  return {
    folder: join(artifactsDir, found.artifact),
    parameters: found.parameters,
    inputs: jobInputs(sql, found.key),
  };
}

/** The files of a run, which must be those that the model was fitted to. */
async function filesOfRun(
  workspace: Workspace,
  subject: string,
  name: string,
  { inputs: fitted }: FittedEncoding,
  { index, confounds }: { readonly index: SubjectIndex; readonly confounds: boolean },
) {
  const { source } = workspace.entry('subject', subject);
  // Files are hashed once the run is known: a study may hold hundreds.
  const { specs, inputs } = await collectRuns(source ?? '', { subject, task: index.task }, async () => '', {
    confounds,
    index: parseOptions(studyOptions(workspace.store.sql, subject)),
    ...(index.eventColumns === null ? {} : { eventColumns: index.eventColumns }),
  });
  const spec = specs.find((candidate) => candidate.name === name);
  if (spec === undefined || fitted[`${name}:bold`] === undefined) {
    throw new FusiformError('RUN_UNKNOWN', `The model of subject ${subject} has no run "${name}".`);
  }
  const own: Record<string, string> = {};
  for (const [input, { path }] of Object.entries(inputs)) {
    if (!input.startsWith(`${name}:`)) continue;
    own[input] = path;
    if (fitted[input] !== undefined && (await rememberedHash(workspace.store.sql, path)) !== fitted[input]) {
      throw new FusiformError('RUN_CHANGED', 'The file is not the one that the model was fitted to.', {
        file: path,
      });
    }
  }
  return { spec, inputs: own };
}

/** The correlation of the noise from volume to volume, estimated over all voxels as when the model was fitted. */
async function correlationOf(
  run: BoldRun,
  indices: Uint32Array,
  behind: Matrix,
  signal: AbortSignal,
): Promise<number> {
  const reader = new SeriesReader(indices);
  try {
    return (await reader.read(run.series.path, behind, signal)).rho;
  } finally {
    await reader.close();
  }
}

/** The inverse of the design that was looked at last: seconds of work for a thousand regressors. */
let last: { readonly folder: string; readonly inverse: Matrix } | null = null;

/** Coefficients of one voxel, [names]: the piece of X'Y that holds it is read alone. */
async function coefficients(
  folder: string,
  names: readonly string[],
  nVoxels: number,
  position: number,
): Promise<Float64Array> {
  const chunk = voxelChunks(nVoxels).find(({ start, size }) => position < start + size);
  const piece = pieceName(chunk?.start ?? 0);
  const { arrays } = await readSafetensorsFile(join(folder, encodingFiles.equations), ['gram', piece]);
  const n = names.length;
  const inverse =
    last?.folder === folder
      ? last.inverse
      : factorSystem(matrix(n, n, Float64Array.from(arrays.gram.data)), names, 0).inverse;
  last = { folder, inverse };
  const { data, shape } = arrays[piece];
  const column = Float64Array.from(names, (_, row) => data[row * shape[1] + position - (chunk?.start ?? 0)]);
  return Float64Array.from(names, (_, row) =>
    column.reduce((sum, value, at) => sum + inverse.data[row * n + at] * value, 0),
  );
}

/** What was shown, for the axis of time. */
function eventsOf({ events }: BoldRun, { roles }: SubjectIndex): VoxelSeries['events'] {
  return modelledEvents(events.rows, roles).map((row) => ({
    onset: row.onset,
    duration: row.duration,
    regressor: isOneback(row, roles) ? 'oneback' : regressorOf(row, roles, events.file),
    stimulus: row.stimFile,
  }));
}
