import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hashFile } from '../formats/files/read.ts';
import { findLabelTables } from '../formats/labels/find.ts';
import { writeManifest } from '../jobs/faces/manifest.ts';
import { importFacesStage } from '../jobs/stages/import-faces.ts';
import { listImages } from './image-listing.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export interface ImportFacesRequest {
  readonly dir: string;
  readonly name: string;
  /** Tables of labels; `find` looks for CelebA's beside the images. Default: none. */
  readonly labels?: readonly string[] | 'find';
  readonly imageSize: number;
  /** Share of the centre square that is kept. The paper's is 0.8. */
  readonly crop: number;
  /** Leave out images whose pixels an earlier one has. Default: they are kept, and listed. */
  readonly dropDuplicates?: boolean;
  /** Images to leave out, by their path below the folder. */
  readonly exclude?: RegExp;
}

/** Imports a folder of face images into the project; the same call after a kill goes on where it was. */
export async function importFaces(workspace: Workspace, request: ImportFacesRequest): Promise<StageOutcome> {
  const { dir, name, imageSize, crop, dropDuplicates = false } = request;
  const root = resolve(dir);
  const { manifest, input } = await listImages(workspace, request);
  const tables = request.labels === 'find' ? findLabelTables(root) : (request.labels ?? []);
  const origin = request.labels === 'find' ? ('found' as const) : ('given' as const);
  const labels: Record<string, Input> = {};
  for (const [index, table] of tables.entries()) {
    const path = resolve(table);
    labels[`labels${index}`] = { path, hash: await hashFile(path) };
  }
  const { hash } = input;
  const path = join(workspace.store.workDir, `images-${hash.slice(0, 32)}.json`);
  await mkdir(workspace.store.workDir, { recursive: true });
  await writeManifest(path, manifest);
  try {
    return await workspace.run({
      stage: importFacesStage,
      label: `import faces "${name}"`,
      parameters: { imageSize, crop, dropDuplicates, labels: tables.map(() => origin) },
      inputs: { images: input, manifest: { path, hash }, ...labels },
      entry: { kind: 'faces', name, source: root },
    });
  } finally {
    await rm(path, { force: true });
  }
}
