import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { indexStudy } from '../study-request.ts';
import type { Workspace } from '../workspace.ts';
import { parseStudyConfig, type StudyConfig } from './study-config.ts';

export interface StudyTemplateRequest {
  /** Default: the subjects that the project has. */
  readonly bids?: string;
  readonly out: string;
}

/**
 * Writes a study's file to edit: what the project and the dataset hold filled in, every other setting with its default
 * as a comment.
 *
 * @throws FusiformError FILE_EXISTS; what `indexDataset` throws
 */
export async function writeStudyTemplate(
  workspace: Workspace,
  { bids, out }: StudyTemplateRequest,
): Promise<{ file: string; subjects: readonly string[]; models: readonly string[] }> {
  const file = resolve(out);
  if (existsSync(file)) {
    throw new FusiformError('FILE_EXISTS', 'The file is there already, and may have been edited.', { file });
  }
  const names = (kind: 'model' | 'subject' | 'faces') => workspace.entries(kind).map(({ name }) => name);
  const subjects =
    bids === undefined ? names('subject') : (await indexStudy({ bids })).subjects.map(({ label }) => label);
  const models = names('model');
  const faces = names('faces').filter((name) => !name.startsWith('stimuli-'));
  const text = template({ bids: bids && !isAbsolute(bids) ? resolve(bids) : bids, subjects, models, faces });
  await writeFileAtomic(file, text);
  return { file, subjects, models };
}

interface Found {
  readonly bids: string | undefined;
  readonly subjects: readonly string[];
  readonly models: readonly string[];
  readonly faces: readonly string[];
}

const quoted = (text: string) => JSON.stringify(text);
const listed = (values: readonly string[]) => `[${values.map(quoted).join(', ')}]`;

function template({ bids, subjects, models, faces }: Found): string {
  return `# A study for \`fusiform study run\`. Lines that begin with # are the defaults, or examples where the text says so.
# Paths count from the folder of this file; {subject} in a path stands for the subject's label.

# Name of the group's results in the project.
name = "study"

[data]
# A BIDS dataset, a folder of another layout, or a table of runs. Left out: the subjects that the project has.
${bids === undefined ? '# bids = "/data/study"' : `bids = ${quoted(bids)}`}
# Left out or empty: every subject.
subjects = ${listed(subjects)}
# task = "faces"            # default: the only task, or the one named "faces"
# stimuli = "stimuli"       # default: stimuli/ of the dataset
# layout = "bids"           # bids, fmriprep, spm, files, table; default: as found
# derivatives = ["derivatives/fmriprep"]
# space = "T1w"
# resolution = "native"
# prefix = "ra"

[analysis]
# Latent models of the project; the first is the one that others are compared with.
models = ${listed(models.length > 0 ? models : ['vaegan', 'pca'])}
# decoders = ["pseudo-inverse"]   # the published one; also ridge, posterior, dual-ridge
# seed = 1
# permutations = 10000      # of the test faces
# allowNear = false         # go on where test pictures are nearly, not exactly, training pictures
# quality = true            # examine every subject's runs

[voxels]
# mask = "masks/sub-{subject}_gm.nii.gz"   # default: grey matter, else brain, of the dataset
# maskThreshold = 0.5       # of a probability map, the least that counts
# noise = "ar1"             # ar1 or ols
# crop = 0.8                # share of a picture's centre square that is kept
# face = { kind = "fdr", q = 0.05 }            # voxels that respond to faces; or p, fraction, count, all
# gain = { kind = "fraction", keep = 0.6666 }  # voxels whose variance the latents explain
# gainMeasure = "f"         # or cross-validated, with folds of 2 or more
# folds = 0
# atlas = "atlas.nii.gz"    # default: three regions by position, as published
# atlasLabels = "atlas.tsv"
# regions = ["FFA=12,13"]
# regionMasks = ["FFA=masks/sub-{subject}_FFA.nii.gz"]

[runs]
# How a run is modelled: the settings of \`map fit\`.
# hrfModel = "spm"
# driftModel = "cosine"
# highPass = 0.01           # Hz
motion = 6                  # parameters of head motion: 0, 6, 12 or 24; the default is 0
# confounds = []            # columns of the confounds tables
# compCor = 0

${
  faces.length === 0
    ? '# Attribute read from the codes; the face set is one of the project, with labels.\n# [gender]\n# faces = "celeba"'
    : `# Attribute read from the codes; remove this part where the faces have no such label.\n[gender]\nfaces = ${quoted(faces[0])}`
}
${faces.length === 0 ? '# ' : ''}column = "Male"
${faces.length === 0 ? '# ' : ''}positive = "1"

# Every attribute of the labels, read from the codes. An example:
# [attributes]
# faces = ${quoted(faces[0] ?? 'celeba')}
# columns = ["Male", "Smiling"]   # default: all
# folds = 10
# permutations = 10000

# Identification against the number of training faces, by the published decoder. An example:
# [learningCurve]
# points = [1000, 2000, 4000]     # training faces; default: every thousand, and all
# selection = "own-runs"          # or all-runs: the runs on which the voxels of a point are selected

# The imagined face of each subject, and the faces that it could have been: a list, or a text file with one a line.
${(subjects.length > 0 ? subjects : ['01'])
  .map(
    (label) =>
      `# [imagery.${quoted(label)}]\n# imagined = "sub${label}/imagery/face.jpg"\n# candidates = "candidates-${label}.txt"`,
  )
  .join('\n')}
`;
}

/** Every subject and every latent model of the project, with the defaults; what `study run` does without a file. */
export function defaultStudyConfig(
  workspace: Workspace,
  { bids, models }: { readonly bids?: string; readonly models?: readonly string[] },
): StudyConfig {
  const all = workspace.entries('model').map(({ name }) => name);
  return parseStudyConfig({
    data: bids === undefined ? {} : { bids: resolve(bids) },
    analysis: { models: models ?? all },
  });
}
