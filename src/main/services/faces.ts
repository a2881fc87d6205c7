import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { listFiles } from '../formats/files/list.ts';
import { hashFile } from '../formats/files/read.ts';
import { importFacesStage } from '../jobs/stages/import-faces.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export interface ImportFacesRequest {
  readonly dir: string;
  readonly name: string;
  readonly labels?: string;
  readonly imageSize: number;
  /** Share of the centre square that is kept. Default: the paper's 0.8. */
  readonly crop: number;
  /** Images to leave out, by their path below the folder. */
  readonly exclude?: RegExp;
}

const imageExtensions = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.gif', '.avif'];

/** Imports a folder of face images into the project. */
export async function importFaces(workspace: Workspace, request: ImportFacesRequest): Promise<StageOutcome> {
  const listed = await listImages(workspace, request);
  const labels: Record<string, Input> = {};
  if (request.labels !== undefined) {
    const path = resolve(request.labels);
    labels.labels = { path, hash: await hashFile(path) };
  }
  const outcome = await workspace.run({
    stage: importFacesStage,
    label: `import faces "${request.name}"`,
    parameters: { imageSize: request.imageSize, crop: request.crop, files: listed.files },
    inputs: { images: listed.input, ...labels },
    entry: { kind: 'faces', name: request.name, source: resolve(request.dir) },
  });
  return { ...outcome, problems: [...listed.problems, ...outcome.problems] };
}

/** The pictures of a folder, and a hash over their names and contents. */
export async function listImages(
  workspace: Workspace,
  { dir, exclude }: Pick<ImportFacesRequest, 'dir' | 'exclude'>,
): Promise<{ files: string[]; input: Input; problems: Problem[] }> {
  const root = resolve(dir);
  const found = await listFiles(root, { extensions: imageExtensions });
  const wanted = exclude ? found.filter((file) => !exclude.test(file.relative)) : found;
  if (wanted.length === 0) {
    throw new FusiformError('FACES_NONE_FOUND', 'There are no images in this folder or below it.', {
      file: root,
    });
  }
  const problems: Problem[] = [];
  const content = createHash('sha256');
  const files: string[] = [];
  for (const file of wanted) {
    workspace.signal.throwIfAborted();
    if (file.danglingLink !== null) {
      problems.push(
        new FusiformError('FILE_NOT_FOUND', `A link to a file that is not there (${file.danglingLink}).`, {
          file: file.path,
        }).toProblem(),
      );
      continue;
    }
    files.push(file.relative);
    content.update(`${file.relative}\n${await rememberedHash(workspace.store.sql, file.path)}\n`);
  }
  if (files.length === 0) {
    throw new FusiformError(
      'FACES_NONE_READABLE',
      `All ${wanted.length} images are links to files that are not there.`,
      {
        file: root,
        details: { problems },
      },
    );
  }
  return { files, input: { path: root, hash: content.digest('hex') }, problems };
}
