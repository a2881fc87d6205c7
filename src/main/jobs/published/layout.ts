import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';

/** The two latent spaces of the published study, as its file names call them. */
export type PublishedSpace = 'VAEGAN' | 'PCA';

export const publishedRegions = ['occipital', 'temporal', 'frontoparietal'] as const;

/** Test faces of the published order: ten men, then ten women. */
export const publishedTestFaces = { men: 10, women: 10 } as const;

/** What a file of the study is for. */
export interface PublishedFile {
  readonly name: string;
  readonly role:
    | 'mapping'
    | 'region'
    | 'patterns'
    | 'imagery'
    | 'test images'
    | 'imagined image'
    | 'map'
    | 'not used';
  readonly holds: string;
}

/** The files of a subject's folder, as version 2.0.1 of ds001761 names them. */
export function publishedFiles(space: PublishedSpace): PublishedFile[] {
  return [
    {
      name: `ROI_${space}.mat`,
      role: 'mapping',
      holds: 'weights of the selected voxels, and which these are',
    },
    ...publishedRegions.map((region): PublishedFile => {
      return {
        name: `ROI_${space}_${region}.mat`,
        role: 'region',
        holds: `the same of the ${region} voxels`,
      };
    }),
    { name: 'test_patterns.mat', role: 'patterns', holds: 'patterns of the test faces' },
    { name: 'test_images.mat', role: 'test images', holds: 'codes of the test faces' },
    { name: 'img_pattern.mat', role: 'imagery', holds: 'pattern of imagery' },
    { name: 'img_image.mat', role: 'imagined image', holds: 'code of the imagined face' },
    { name: 'FacevsFix.mat', role: 'map', holds: 'map of faces against fixation' },
    { name: 'FaceRV.mat', role: 'map', holds: 'residual variance without latents' },
    { name: `FullRV_${space}.mat`, role: 'map', holds: 'residual variance with latents' },
    { name: 'mask.mat', role: 'map', holds: 'mask of the brain' },
    { name: `W_${space}.mat`, role: 'not used', holds: 'weights of all voxels' },
    ...(space === 'PCA'
      ? [{ name: 'PCA_coeffs.mat', role: 'not used', holds: 'principal components' } as const]
      : []),
  ];
}

export interface PublishedFolder {
  readonly dir: string;
  readonly found: readonly PublishedFile[];
  readonly missing: readonly PublishedFile[];
}

/**
 * Finds the folder of a subject: the one given, or `sub-<label>` or `derivatives/sub-<label>` below it.
 *
 * @throws FusiformError PUBLISHED_NONE_FOUND
 */
export function findPublished(dir: string, subject: string, space: PublishedSpace): PublishedFolder {
  const label = `sub-${subject.replace(/^sub-/, '')}`;
  const files = publishedFiles(space);
  const folders = [join(dir, 'derivatives', label), join(dir, label), dir].map((folder) => resolve(folder));
  for (const folder of folders) {
    const found = files.filter(({ name }) => existsSync(join(folder, name)));
    if (found.length > 0) {
      return { dir: folder, found, missing: files.filter((file) => !found.includes(file)) };
    }
  }
  throw new FusiformError(
    'PUBLISHED_NONE_FOUND',
    `None of the study's files (${files[0].name}, test_patterns.mat, ...) is here, in ${label}, or in derivatives/${label}.`,
    { file: resolve(dir) },
  );
}
