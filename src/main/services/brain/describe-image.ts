import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BrainImage, BrainImageKind } from '../../../shared/contract/brain.ts';
import { readAtlasLabels } from '../../formats/atlas/label-table.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { readNiftiHeader } from '../../formats/nifti/read.ts';

/** What a file's name, its sidecar and its header say of what it shows. */
export type ImageFacts = Pick<
  BrainImage,
  | 'name'
  | 'kind'
  | 'units'
  | 'degreesOfFreedom'
  | 'correction'
  | 'description'
  | 'isSigned'
  | 'target'
  | 'labels'
>;

/** Names and kinds of what stages write, by their file names. */
const known: readonly (readonly [RegExp, string, BrainImageKind])[] = [
  [/desc-face_stat-t_/, 'Faces against baseline, t', 'statistic'],
  [/desc-latents_stat-f_/, 'Latents, F', 'statistic'],
  [/desc-gainedVariance_/, 'Variance explained by the latents', 'variance'],
  [/desc-crossValidatedGain_/, 'Cross-validated gain', 'variance'],
  [/desc-crossValidatedLatents_stat-r_/, 'Cross-validated prediction, r', 'reliability'],
  [/desc-crossValidatedLatents_stat-z_/, 'Cross-validated prediction, z', 'statistic'],
  [/desc-weightReliability_/, 'Reliability of the weights, r', 'reliability'],
  [/desc-splitHalf_/, 'Split-half reliability, r', 'reliability'],
  [/desc-spearmanBrown_/, 'Reliability of all runs (Spearman-Brown), r', 'reliability'],
  [/desc-noiseCeiling_/, 'Noise ceiling', 'reliability'],
  [/desc-selected_mask/, 'Voxels that are decoded from', 'selection'],
  [/^mask\./, 'Voxels that were fitted', 'mask'],
  [/stat-tsnr_desc-detrended/, 'Temporal SNR, detrended', 'quality'],
  [/stat-tsnr_/, 'Temporal SNR', 'quality'],
  [/stat-std_/, 'Standard deviation over time', 'quality'],
  [/stat-mean_boldmap/, 'Mean functional image', 'mean'],
  [/_(T1w|T2w|FLAIR|inplaneT2)\./, 'Anatomy', 'anatomy'],
  [/_dseg\.|aparc|aseg/, 'Atlas', 'labels'],
  [/_mask\.|\/masks\//, 'Mask', 'mask'],
  [/_probseg\./, 'Probability of tissue', 'other'],
];

const weightKinds: Readonly<Record<string, readonly [string, BrainImageKind]>> = {
  encodingWeight: ['encoding weights', 'weights'],
  decoderWeight: ['decoder weights', 'filter'],
  haufePattern: ['activation pattern', 'pattern'],
  contribution: ['contributions', 'contribution'],
};

const signedKinds: readonly BrainImageKind[] = [
  'statistic',
  'weights',
  'filter',
  'pattern',
  'contribution',
  'reliability',
];

/** Maps with a value a voxel that nothing was corrected for; a threshold on them is a choice of the eye. */
const uncorrected = 'no correction for the number of voxels';

/** @throws FusiformError what reading a header throws */
export async function describeImage(file: string): Promise<ImageFacts> {
  const header = await readNiftiHeader(file);
  const sidecar = await sidecarOf(file);
  const name = basename(file);
  const [, title = bare(name), byName = null] = known.find(([pattern]) => pattern.test(name)) ?? [];
  const weights = weightKinds[String(sidecar.MapKind)];
  const target = typeof sidecar.Target === 'string' ? sidecar.Target : null;
  const kind = weights?.[1] ?? byName ?? kindOfIntent(header.intent.code);
  const region =
    typeof sidecar.Region === 'string' && sidecar.Region !== 'all' ? `, ${sidecar.Region} alone` : '';
  const dof = sidecar.DegreesOfFreedom;
  const isStatistic = kind === 'statistic';
  return {
    name: weights === undefined ? title : `${target ?? ''}: ${weights[0]}${region}`,
    kind,
    units: typeof sidecar.Units === 'string' ? sidecar.Units : null,
    degreesOfFreedom: isStatistic ? (numbers(dof) ?? degreesOf(header.intent)) : null,
    correction: isStatistic || weights !== undefined ? correctionOf(sidecar) : null,
    description: typeof sidecar.Description === 'string' ? sidecar.Description : header.description || null,
    isSigned: signedKinds.includes(kind) && header.intent.code !== 4,
    target,
    labels: kind === 'labels' ? await labelsBeside(file) : [],
  };
}

/** An image that lies anywhere on the host's disk. */
export function fileImage(file: string, facts: ImageFacts): BrainImage {
  return { ...facts, id: `file:${file}`, url: `files?path=${encodeURIComponent(file)}`, file, model: null };
}

function correctionOf({ Correction }: Record<string, unknown>): string {
  return typeof Correction === 'string' ? Correction : uncorrected;
}

function numbers(value: unknown): number[] | null {
  const list = Array.isArray(value) ? value : [value];
  return list.every((each) => typeof each === 'number') ? (list as number[]) : null;
}

function degreesOf({ code, parameters }: { code: number; parameters: readonly number[] }): number[] | null {
  return code === 3 ? [parameters[0]] : code === 4 ? [parameters[0], parameters[1]] : null;
}

function kindOfIntent(code: number): BrainImageKind {
  if (code === 1002) return 'labels';
  return code >= 2 && code <= 24 ? 'statistic' : 'other';
}

function bare(name: string): string {
  return name.replace(/\.(nii|hdr|img)(\.gz)?$/i, '');
}

async function sidecarOf(file: string): Promise<Record<string, unknown>> {
  const path = file.replace(/\.(nii|hdr|img)(\.gz)?$/i, '.json');
  if (!existsSync(path)) return {};
  const value = await readJsonFile(path).catch(() => ({}));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The table of a label image, where one lies beside it. An atlas without one is shown by its numbers. */
async function labelsBeside(file: string): Promise<ImageFacts['labels']> {
  const stem = file.replace(/\.(nii|hdr|img)(\.gz)?$/i, '');
  const tables = ['.tsv', '.txt', '.xml', '.json'].map((ending) => `${stem}${ending}`);
  tables.push(join(dirname(file), 'dseg.tsv'));
  const table = tables.find(existsSync);
  if (table === undefined) return [];
  return readAtlasLabels(table).then(
    (labels) => labels.map(({ index, name }) => ({ index, name })),
    () => [],
  );
}
