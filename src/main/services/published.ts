import { join } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { rowCorrelations } from '../decoding/correlations.ts';
import type { EngineKind } from '../engine/engine.ts';
import { readLabelTable } from '../formats/labels/read.ts';
import { listMat } from '../formats/mat/read-mat.ts';
import type { MatVariable } from '../formats/mat/values.ts';
import {
  findPublished,
  type PublishedFile,
  type PublishedFolder,
  type PublishedSpace,
} from '../jobs/published/layout.ts';
import { importPublishedStage, mapInput, regionInput } from '../jobs/stages/import-published.ts';
import { readLatents } from '../jobs/stages/latents.ts';
import { publishedFaceFiles, publishedFacesStage, testFaceName } from '../jobs/stages/published-faces.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { fileInput, type HashFile } from './bids-inputs.ts';
import { importFaces } from './faces.ts';
import { encodeFaces, latentsName } from './latents.ts';
import { describeModel } from './models.ts';
import { mappingName, stimuliName } from './subjects.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export type { PublishedSpace };

export interface ListedFile extends PublishedFile {
  readonly found: boolean;
  readonly variables: readonly MatVariable[];
  /** Why its variables cannot be listed. */
  readonly problem: Problem | null;
}

export interface PublishedListing {
  readonly dir: string;
  readonly files: readonly ListedFile[];
}

/** Which of the study's files a subject's folder holds, and the variables in them. Nothing of them is read. */
export async function listPublished(
  dir: string,
  subject: string,
  space: PublishedSpace,
): Promise<PublishedListing> {
  const folder = findPublished(dir, subject, space);
  const files: ListedFile[] = [];
  for (const file of folder.found) {
    try {
      const variables = await listMat(join(folder.dir, file.name));
      files.push({ ...file, found: true, variables, problem: null });
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      files.push({ ...file, found: true, variables: [], problem: error.toProblem() });
    }
  }
  for (const file of folder.missing) files.push({ ...file, found: false, variables: [], problem: null });
  return { dir: folder.dir, files };
}

export interface ImportPublishedRequest {
  /** The study's folder, its derivatives, or the subject's folder in them. */
  readonly dir: string;
  /** Label in the study, such as `01`. */
  readonly subject: string;
  readonly space: PublishedSpace;
  /** The latent model in which the codes mean something. */
  readonly model: string;
  readonly engine: EngineKind;
  /** What the project calls the subject; default: its label. */
  readonly name?: string;
  /** A folder of the pictures that were shown, and a table that names the test faces in the order of the patterns. */
  readonly stimuli?: { readonly dir: string; readonly testFaces: string; readonly crop: number };
  /** An image on the grid of the volumes, from which masks and maps get their place in space. */
  readonly reference?: string;
}

export interface PublishedImport {
  readonly mapping: StageOutcome;
  readonly folder: PublishedFolder;
  /** Names under which the project keeps what was imported. */
  readonly entries: {
    readonly mapping: string;
    readonly latents: string | null;
    readonly faces: string | null;
  };
  /** Mean correlation of the published codes with those that the model makes of the same pictures; null without pictures. */
  readonly agreement: number | null;
  readonly problems: readonly Problem[];
}

/** Below this, another network made the published codes. */
const leastAgreement = 0.9;

/**
 * Takes the published study's own mapping and patterns of a subject into the project, as if `map fit` had made them: `decode`
 * and `evaluate` go on from there.
 *
 * @throws FusiformError PUBLISHED_NONE_FOUND, PUBLISHED_FILE_MISSING, PUBLISHED_SHAPE, and what reading MATLAB files throws
 */
export async function importPublished(
  workspace: Workspace,
  request: ImportPublishedRequest,
): Promise<PublishedImport> {
  const { dir, space, model, engine } = request;
  const name = request.name ?? request.subject.replace(/^sub-/, '');
  const folder = findPublished(dir, request.subject, space);
  const inputs = await publishedInputs(folder, request.reference, (path) =>
    rememberedHash(workspace.store.sql, path),
  );
  const { latentDim, imageSize } = await describeModel(workspace, model);
  const stimuli = stimuliName(name, imageSize);
  const { testImages, imaginedImage, ...mappingInputs } = inputs;
  const hasFaces = testImages !== undefined || imaginedImage !== undefined;
  const published = hasFaces
    ? await workspace.run({
        stage: publishedFacesStage,
        label: `published faces of subject ${name}`,
        parameters: { space, latentDim },
        inputs: {
          ...(testImages === undefined ? {} : { testImages }),
          ...(imaginedImage === undefined ? {} : { imaginedImage }),
        },
      })
    : null;
  const testFaces = await namesOfTestFaces(request, published);
  const mapping = await workspace.run({
    stage: importPublishedStage,
    label: `published mapping of subject ${name}`,
    parameters: { subject: name, latentDim, testFaces },
    inputs: mappingInputs,
    entry: { kind: 'mapping', name: mappingName(name, model), source: folder.dir },
  });
  const faces = await importPictures(workspace, request, published, stimuli, imageSize);
  const encoded = faces === null ? null : await encodeFaces(workspace, { model, faces: stimuli, engine });
  const agreement =
    encoded === null || published === null ? null : await agreementOf(published, encoded, testFaces);
  const latents = request.stimuli === undefined ? published : encoded;
  if (latents !== null) workspace.setName('latents', latentsName(model, stimuli), latents);
  return {
    mapping,
    folder,
    entries: {
      mapping: mappingName(name, model),
      latents: latents === null ? null : latentsName(model, stimuli),
      faces: faces === null ? null : stimuli,
    },
    agreement,
    problems: [
      ...(faces?.problems ?? []),
      ...mapping.problems,
      ...(agreement !== null && agreement < leastAgreement ? [otherModel(agreement, model, folder.dir)] : []),
    ],
  };
}

async function publishedInputs(
  { dir, found }: PublishedFolder,
  reference: string | undefined,
  hash: HashFile,
): Promise<Record<string, Input> & { roi: Input; patterns: Input }> {
  const inputs: Record<string, Input> = {};
  for (const { name, role } of found) {
    const key = inputKey(name, role);
    if (key !== null) inputs[key] = await fileInput(join(dir, name), hash);
  }
  if (reference !== undefined) inputs.reference = await fileInput(reference, hash);
  else for (const key of Object.keys(inputs)) if (key.startsWith(mapInput(''))) delete inputs[key];
  const { roi, patterns } = inputs;
  if (roi === undefined || patterns === undefined) {
    const missing = roi === undefined ? 'ROI_*.mat of all voxels' : 'test_patterns.mat';
    throw new FusiformError('PUBLISHED_FILE_MISSING', `The folder has no ${missing}.`, { file: dir });
  }
  return { ...inputs, roi, patterns };
}

function inputKey(name: string, role: PublishedFile['role']): string | null {
  switch (role) {
    case 'mapping':
      return 'roi';
    case 'region':
      return regionInput(name.replace(/^.*_|\.mat$/g, ''));
    case 'patterns':
    case 'imagery':
      return role;
    case 'test images':
      return 'testImages';
    case 'imagined image':
      return 'imaginedImage';
    case 'map':
      return mapInput(name);
    default:
      return null;
  }
}

/** Names of the rows of the patterns: those of the table, or those of the published codes. */
async function namesOfTestFaces(
  { stimuli }: ImportPublishedRequest,
  published: StageOutcome | null,
): Promise<string[]> {
  if (stimuli !== undefined) {
    return (await readLabelTable(stimuli.testFaces)).rows.map((row) => row.name);
  }
  const count = Number(published?.summary.testFaces ?? 0);
  if (count > 0) return Array.from({ length: count }, (_, face) => testFaceName(face, count));
  throw new FusiformError(
    'PUBLISHED_FILE_MISSING',
    'Without test_images.mat nothing tells which faces were shown: name them and their pictures.',
    published === null ? {} : { file: published.path },
  );
}

async function importPictures(
  workspace: Workspace,
  { stimuli }: ImportPublishedRequest,
  published: StageOutcome | null,
  name: string,
  imageSize: number,
): Promise<StageOutcome | null> {
  if (stimuli !== undefined) {
    const { dir, crop, testFaces } = stimuli;
    const hasLabels = (await readLabelTable(testFaces)).columns.length > 0;
    return importFaces(workspace, {
      dir,
      name,
      imageSize,
      crop,
      ...(hasLabels ? { labels: [testFaces] } : {}),
    });
  }
  if (published === null || Number(published.summary.pictures) === 0) return null;
  return importFaces(workspace, {
    dir: join(published.path, publishedFaceFiles.pictures),
    name,
    imageSize,
    // They are what the network was shown: cropped already.
    crop: 1,
    labels: [join(published.path, publishedFaceFiles.labels)],
  });
}

/** Mean over the test faces of the correlation of the published code with the model's own. */
async function agreementOf(
  published: StageOutcome,
  encoded: StageOutcome,
  testFaces: readonly string[],
): Promise<number | null> {
  const [theirs, ours] = [await readLatents(published.path), await readLatents(encoded.path)];
  const { latentDim } = theirs;
  const code = ({ codes }: typeof theirs, row: number) =>
    codes.subarray(row * latentDim, (row + 1) * latentDim);
  const correlations = testFaces.flatMap((face, row) => {
    const at = ours.files.findIndex((file) => file === face || file.endsWith(`/${face}`));
    return at < 0 || row >= theirs.files.length
      ? []
      : [rowCorrelations(code(theirs, row), code(ours, at), latentDim)[0]];
  });
  return correlations.length === 0 ? null : correlations.reduce((sum, r) => sum + r, 0) / correlations.length;
}

function otherModel(agreement: number, model: string, file: string): Problem {
  return new FusiformError(
    'PUBLISHED_DISAGREES',
    `The codes that "${model}" makes of the test faces correlate with the published ones by ${agreement.toFixed(3)} only: another network made those, and pictures of decoded codes mean nothing here.`,
    { file },
  ).toProblem();
}
