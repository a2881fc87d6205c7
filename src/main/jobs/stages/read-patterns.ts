import { basename, join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readMat } from '../../formats/mat/read-mat.ts';
import { gridOf, readNifti } from '../../formats/nifti/read.ts';
import { readNpyFile } from '../../formats/npy/npy.ts';
import { gridMismatchMessage, sameGrid } from '../../imaging/grid.ts';
import { defineStage } from '../stage.ts';
import { fileNames } from './decoded-trials.ts';
import { readMapping, type StoredMapping } from './fit-mapping.ts';
import { readMaskImage } from './mask-image.ts';
import { writePatterns } from './other-patterns.ts';

const parameters = z.strictObject({
  /** The file's own name: the artefact's path says nothing. */
  fileName: z.string(),
  /** Presentations that each pattern is a mean of. */
  presentations: z.number().positive(),
});

/**
 * A file of patterns from elsewhere (input `file`) -> patterns of the voxels of `mapping`, to be decoded.
 *
 * NIfTI, 3D or 4D, on the mapping's grid: the selected voxels are picked. `.npy` and `.mat`, [patterns, voxels] or [voxels]: of the
 * selected voxels in the order of the mapping, ascending flat indices.
 */
export const readPatternsStage = defineStage({
  name: 'read-patterns',
  version: 2,
  parameters,
  async run({ fileName, presentations }, context) {
    const { file } = context.inputs;
    const mapping = await readMapping(context.inputs.mapping);
    refuseOtherSubject(fileName, mapping.description.subject, file);
    const patterns = await readPatternFile(fileName, file, mapping, context.inputs.mapping);
    const nVoxels = mapping.nVoxels;
    refuseMissing(patterns, nVoxels, file);
    const n = patterns.length / nVoxels;
    const [stem] = fileNames([fileName.replace(/(\.nii)?\.[^.]+$/, '')]);
    const digits = String(n).length;
    await writePatterns(context.outDir, {
      names: Array.from({ length: n }, (_, at) => `${stem}-${String(at + 1).padStart(digits, '0')}`),
      nVoxels,
      patterns,
      presentations: new Array<number>(n).fill(presentations),
    });
    return { summary: { patterns: n, voxels: nVoxels } };
  },
});

function readPatternFile(
  name: string,
  file: string,
  mapping: StoredMapping,
  mappingFolder: string,
): Promise<Float32Array> {
  if (/\.nii(\.gz)?$/i.test(name)) return fromNifti(file, mapping, mappingFolder);
  if (/\.npy$/i.test(name)) return fromNpy(file, mapping.nVoxels);
  if (/\.mat$/i.test(name)) return fromMat(file, mapping.nVoxels);
  throw new FusiformError('PATTERN_FILE_UNSUITABLE', 'Its name ends in none of .nii, .nii.gz, .npy, .mat.', {
    file,
  });
}

async function fromNifti(
  file: string,
  { voxels }: StoredMapping,
  mappingFolder: string,
): Promise<Float32Array> {
  const { grid } = await readMaskImage(join(mappingFolder, 'desc-selected_mask.nii.gz'));
  const { header, data } = await readNifti(file);
  const volume = header.shape.slice(0, 3).reduce((product, size) => product * size, 1);
  if (header.shape.length < 3 || header.shape.length > 4) {
    throw new FusiformError('PATTERN_FILE_UNSUITABLE', 'The image has not three or four axes.', { file });
  }
  const own = gridOf(header);
  if (!sameGrid(own, grid)) {
    throw new FusiformError(
      'PATTERN_GRID_MISMATCH',
      `The image is not on the grid of the mapping: ${gridMismatchMessage(own, grid)}.`,
      { file },
    );
  }
  const n = data.length / volume;
  const patterns = new Float32Array(n * voxels.length);
  for (let at = 0; at < n; at += 1) {
    voxels.forEach((index, voxel) => {
      patterns[at * voxels.length + voxel] = data[at * volume + index];
    });
  }
  return patterns;
}

async function fromNpy(file: string, nVoxels: number): Promise<Float32Array> {
  const { shape, data } = await readNpyFile(file);
  return ofShape(shape, data, nVoxels, file);
}

async function fromMat(file: string, nVoxels: number): Promise<Float32Array> {
  const numeric = [...(await readMat(file))].flatMap(([name, value]) =>
    value.kind === 'numeric' ? [{ name, value }] : [],
  );
  if (numeric.length !== 1) {
    throw new FusiformError(
      'PATTERN_FILE_UNSUITABLE',
      `The file has ${numeric.length} numeric variables (${numeric.map(({ name }) => name).join(', ')}): one is needed.`,
      { file },
    );
  }
  const [{ value }] = numeric;
  // MATLAB has no fewer than two axes: a column is one pattern.
  const isColumn = value.shape.length === 2 && value.shape[1] === 1 && value.shape[0] === nVoxels;
  return ofShape(isColumn ? [nVoxels] : value.shape, value.data, nVoxels, file);
}

function ofShape(
  shape: readonly number[],
  data: ArrayLike<number>,
  nVoxels: number,
  file: string,
): Float32Array {
  if (shape.length >= 1 && shape.length <= 2 && shape.at(-1) === nVoxels && data.length > 0) {
    return Float32Array.from(data);
  }
  throw new FusiformError(
    'PATTERN_VOXELS_MISMATCH',
    `The array is ${shape.join(' x ')}, and the mapping has ${nVoxels} voxels: [patterns, voxels] is needed.`,
    { file, details: { shape: [...shape], nVoxels } },
  );
}

/** BIDS names say whose data a file holds. */
function refuseOtherSubject(name: string, subject: string, file: string): void {
  const label = /(?:^|_)sub-([a-zA-Z0-9]+)/.exec(basename(name))?.[1];
  if (label === undefined || label === subject.replace(/^sub-/, '')) return;
  throw new FusiformError(
    'PATTERN_OF_OTHER_SUBJECT',
    `The file is named after subject ${label}, and the mapping is of subject ${subject}.`,
    { file },
  );
}

function refuseMissing(patterns: Float32Array, nVoxels: number, file: string): void {
  const bad = patterns.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const place = { pattern: Math.floor(bad / nVoxels), voxel: bad % nVoxels };
  throw new FusiformError(
    'PATTERN_NOT_FINITE',
    `Selected voxel ${place.voxel} of pattern ${place.pattern} is ${patterns[bad]}.`,
    { file, details: place },
  );
}
