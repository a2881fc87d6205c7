import { join, resolve } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { listFiles } from '../formats/files/list.ts';
import { asReadError } from '../formats/files/read.ts';
import { type Manifest, manifestHash } from '../jobs/faces/manifest.ts';
import { rememberedHashes } from '../store/file-hashes.ts';
import type { Input, Workspace } from './workspace.ts';

/** Looking at a few files is over before anybody could read of it. */
const silentMs = 1000;
export const imageExtensions = ['.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.gif', '.avif'];

export interface ImageListing {
  readonly manifest: Manifest;
  /** Names of the images that can be read, as paths below the folder. */
  readonly files: string[];
  /** The folder, with a hash over the names and contents of its images. */
  readonly input: Input;
  /** Images that cannot be read. */
  readonly problems: Problem[];
}

/**
 * The images of a folder and what they contain now; what is remembered is not read again.
 *
 * @param request.exclude images to leave out, by their path below the folder.
 * @throws FusiformError FACES_NONE_FOUND, FACES_NONE_READABLE, JOB_CANCELLED
 */
export async function listImages(
  workspace: Workspace,
  { dir, exclude }: { readonly dir: string; readonly exclude?: RegExp },
): Promise<ImageListing> {
  const root = resolve(dir);
  const found = await listFiles(root, { extensions: imageExtensions });
  const wanted = exclude ? found.filter((file) => !exclude.test(file.relative)) : found;
  if (wanted.length === 0) {
    throw new FusiformError('FACES_NONE_FOUND', 'There are no images in this folder or below it.', {
      file: root,
    });
  }
  const there = wanted.filter(({ danglingLink }) => danglingLink === null);
  const refused: Problem[] = wanted.flatMap(({ relative, danglingLink }) =>
    danglingLink === null
      ? []
      : [refusal('FILE_NOT_FOUND', `A link to a file that is not there (${danglingLink}).`, relative)],
  );
  const started = performance.now();
  const hashes = await rememberedHashes(
    workspace.store.sql,
    there.map(({ path }) => path),
    (done) => {
      if (workspace.signal.aborted) {
        throw new FusiformError('JOB_CANCELLED', 'Cancelled; what was looked at is remembered.');
      }
      if (performance.now() - started > silentMs)
        workspace.report('look at the images', {
          done,
          total: there.length,
          unit: 'files',
        });
    },
  );
  const files: [string, string][] = [];
  for (const [index, { path, relative }] of there.entries()) {
    const sha256 = hashes[index];
    if (typeof sha256 === 'string') files.push([relative, sha256]);
    else {
      const fault = await asReadError(sha256, path);
      if (!(fault instanceof FusiformError)) throw fault;
      refused.push(refusal(fault.code, fault.message, relative));
    }
  }
  const problems = refused.map((problem) => ({ ...problem, file: join(root, problem.file ?? '') }));
  if (files.length === 0) {
    throw new FusiformError('FACES_NONE_READABLE', `None of the ${wanted.length} images can be read.`, {
      file: root,
      details: { problems },
    });
  }
  const manifest = { files, refused };
  return {
    manifest,
    files: files.map(([file]) => file),
    input: { path: root, hash: manifestHash(manifest) },
    problems,
  };
}

function refusal(code: FusiformError['code'], message: string, file: string): Problem {
  return new FusiformError(code, message, { file }).toProblem();
}
