import { extname } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { openByteReader } from './files/byte-reader.ts';
import { type GiftiArray, readGifti } from './gifti/read.ts';
import { decodeImage, probeImage } from './image/decode.ts';
import { readJsonFile } from './json/json.ts';
import { isHdf5 } from './mat/hdf5.ts';
import { listMat, readMat } from './mat/read-mat.ts';
import { type NiftiHeader, readNiftiHeader } from './nifti/header.ts';
import { orientationCode } from './nifti/orientation.ts';
import { visitRawValues } from './nifti/values.ts';
import { readNpyFile } from './npy/npy.ts';
import { countElements } from './numeric-types.ts';
import { readSafetensorsHeader } from './safetensors/safetensors.ts';
import { StatisticsAccumulator, type ValueStatistics } from './statistics.ts';
import { readTable } from './tsv/table.ts';

/** What a file holds. Values are scaled; statistics run over the finite ones. What a format does not have is null. */
export interface Inspection extends ValueStatistics {
  readonly file: string;
  /** nifti1, nifti2, gifti, npy, mat5, mat73, safetensors, png, jpeg (and what else the decoder names), tsv, csv, json. */
  readonly format: string;
  /** Axes of an array; [height, width, channels] of a picture; [rows, columns] of a table. */
  readonly shape: readonly number[] | null;
  /** numpy's name of the stored type; MATLAB's class. */
  readonly dtype: string | null;
  /** 4x4, voxel indices to RAS+ millimetres. */
  readonly affine: readonly (readonly number[])[] | null;
  readonly zooms: readonly number[] | null;
  /** As applied to the values: 1 and 0 where the header defines no scaling; null where there are no voxels. */
  readonly slope: number | null;
  readonly inter: number | null;
  /** What only this format has, such as units, the orientation, the columns of a table. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const nothing = {
  shape: null,
  dtype: null,
  affine: null,
  zooms: null,
  slope: null,
  inter: null,
  mean: null,
  std: null,
  min: null,
  max: null,
  nonFinite: 0,
};

/** Values summarised at a time. */
const blockValues = 1 << 18;

/** File endings of the formats that `inspectFile` reads, for the help text. */
export const inspectedFormats =
  'NIfTI-1 and NIfTI-2 (.nii, .nii.gz, .hdr + .img), GIfTI (.gii), .npy, MATLAB (.mat, Level 5 and 7.3), .safetensors, .png, .jpg, .webp, .gif, .tif, .tsv, .csv, .json';

/**
 * Reads a file of any known format and says what it holds. The content decides where it can: a gzip file need not be
 * named `.gz`, nor a PNG `.png`. NIfTI images are read block by block, whatever their size.
 *
 * @throws FusiformError FORMAT_UNKNOWN, and what the reader of the format throws
 */
export async function inspectFile(path: string): Promise<Inspection> {
  const begin = await firstBytes(path);
  const head = Buffer.from(begin).toString('latin1');
  const name = path.replace(/\.gz$/i, '');
  const ending = extname(name).toLowerCase();
  if (['.nii', '.hdr', '.img'].includes(ending) || looksLikeNifti(begin)) return inspectNifti(path);
  if (head.startsWith('\x93NUMPY')) return inspectNpy(path);
  if (/^MATLAB (5\.0|7\.3)/.test(head) || ending === '.mat') return inspectMat(path);
  if (isPicture(head)) return inspectPicture(path);
  switch (ending) {
    case '.gii':
      return inspectGifti(path);
    case '.npy':
      return inspectNpy(path);
    case '.safetensors':
      return inspectSafetensors(path);
    case '.png':
    case '.jpg':
    case '.jpeg':
      return inspectPicture(path);
    case '.tsv':
    case '.csv':
      return inspectTable(path, ending.slice(1));
    case '.json':
      return inspectJson(path);
    default:
      throw new FusiformError(
        'FORMAT_UNKNOWN',
        `The format of the file is not known. Known are ${inspectedFormats}.`,
        {
          file: path,
        },
      );
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const reader = await openByteReader(path);
  try {
    const bytes = new Uint8Array(348);
    return bytes.subarray(0, await reader.read(bytes));
  } finally {
    await reader.close();
  }
}

function looksLikeNifti(begin: Uint8Array): boolean {
  if (begin.length < 348) return false;
  const view = new DataView(begin.buffer, begin.byteOffset);
  return [view.getInt32(0, true), view.getInt32(0, false)].some((size) => size === 348 || size === 540);
}

function isPicture(head: string): boolean {
  return (
    ['\x89PNG\r\n', '\xff\xd8\xff', 'GIF8', 'II*\0', 'MM\0*'].some((magic) => head.startsWith(magic)) ||
    (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP')
  );
}

async function inspectNifti(path: string): Promise<Inspection> {
  const header = await readNiftiHeader(path);
  const statistics = new StatisticsAccumulator();
  await visitRawValues(header, blockValues, (values) => {
    statistics.add(values, header.slope ?? 1, header.inter ?? 0);
  });
  return {
    file: path,
    format: header.format,
    ...niftiSpace(header),
    dtype: header.datatype.name,
    // What was applied: a header that defines no scaling leaves values as they are stored.
    slope: header.slope ?? 1,
    inter: header.inter ?? 0,
    ...statistics.result(),
    extra: {
      byteOrder: header.byteOrder,
      units: header.units,
      tR: header.tR,
      orientation: orientationCode(header.affine),
      qformCode: header.qformCode,
      sformCode: header.sformCode,
      formsApart: header.formsApart,
      intent: header.intent,
      description: header.description,
    },
  };
}

/** CIFTI-2 keeps four empty axes before its matrix and has no affine; nibabel shows the matrix alone. */
function niftiSpace(header: NiftiHeader): Pick<Inspection, 'shape' | 'affine' | 'zooms'> {
  const isCifti = header.intent.code >= 3000 && header.intent.code < 3100 && header.shape.length > 4;
  if (isCifti) return { shape: header.shape.slice(4), affine: null, zooms: null };
  const row = (index: number): number[] => Array.from(header.affine.subarray(4 * index, 4 * index + 4));
  return { shape: header.shape, affine: [row(0), row(1), row(2), row(3)], zooms: header.zooms };
}

/** The arrays of a surface are told of one by one; arrays that are all alike, such as the volumes of a run, as one too. */
async function inspectGifti(path: string): Promise<Inspection> {
  const { version, metadata, labels, arrays } = await readGifti(path);
  const [first] = arrays;
  const alike = arrays.every(
    ({ intent, dtype, shape }) =>
      intent === first.intent && dtype === first.dtype && String(shape) === String(first.shape),
  );
  const whole = first && alike ? arrays : [];
  return {
    ...nothing,
    file: path,
    format: 'gifti',
    ...(first && alike
      ? { shape: arrays.length === 1 ? first.shape : [arrays.length, ...first.shape], dtype: first.dtype }
      : {}),
    ...statisticsOf(whole),
    extra: {
      version,
      arrays: arrays.map((array) => ({
        intent: array.intent,
        dtype: array.dtype,
        shape: array.shape,
        ...statisticsOf([array]),
        metadata: array.metadata,
        coordinateSystems: array.coordinateSystems.map((system) => ({
          ...system,
          matrix: Array.from(system.matrix),
        })),
      })),
      labels,
      metadata,
    },
  };
}

function statisticsOf(arrays: readonly GiftiArray[]): ValueStatistics {
  const statistics = new StatisticsAccumulator();
  for (const { data } of arrays) statistics.add(data);
  return statistics.result();
}

async function inspectNpy(path: string): Promise<Inspection> {
  const { shape, data, dtype } = await readNpyFile(path);
  const statistics = new StatisticsAccumulator();
  statistics.add(data);
  return { ...nothing, file: path, format: 'npy', shape, dtype, ...statistics.result(), extra: {} };
}

/** Values of a MATLAB array, which is read as a whole, that are summarised. */
const mostSummarisedValues = 2 ** 25;

/** Statistics are of files with a single array of numbers; of the others, the variables are listed. */
async function inspectMat(path: string): Promise<Inspection> {
  const variables = await listMat(path);
  const [only] = variables;
  const format = (await isHdf5(path)) ? 'mat73' : 'mat5';
  const extra = {
    variables: variables.map(({ name, className, shape }) => ({ name, class: className, shape })),
  };
  const small = variables.length === 1 && (countElements(only.shape) ?? 0) <= mostSummarisedValues;
  const value = small ? (await readMat(path, [only.name])).get(only.name) : undefined;
  if (value?.kind !== 'numeric') return { ...nothing, file: path, format, extra };
  const statistics = new StatisticsAccumulator();
  statistics.add(value.data);
  const { shape, className: dtype } = value;
  return { ...nothing, file: path, format, shape, dtype, ...statistics.result(), extra };
}

async function inspectSafetensors(path: string): Promise<Inspection> {
  const { entries, metadata } = await readSafetensorsHeader(path);
  const arrays = Object.fromEntries(entries.map(({ name, dtype, shape }) => [name, { dtype, shape }]));
  return { ...nothing, file: path, format: 'safetensors', extra: { arrays, metadata } };
}

async function inspectPicture(path: string): Promise<Inspection> {
  const info = await probeImage(path);
  const { pixels } = await decodeImage(path);
  const statistics = new StatisticsAccumulator();
  statistics.add(pixels);
  return {
    ...nothing,
    file: path,
    format: info.format,
    shape: [info.height, info.width, info.channels],
    dtype: info.dtype,
    ...statistics.result(),
    extra: { hasAlpha: info.hasAlpha, pages: info.pages, statisticsOf: '8-bit sRGB' },
  };
}

async function inspectTable(path: string, format: string): Promise<Inspection> {
  const table = await readTable(path);
  return {
    ...nothing,
    file: path,
    format,
    shape: [table.rows.length, table.columns.length],
    extra: { columns: table.columns },
  };
}

async function inspectJson(path: string): Promise<Inspection> {
  const value = await readJsonFile(path);
  const isObject = typeof value === 'object' && value !== null;
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  return {
    ...nothing,
    file: path,
    format: 'json',
    shape: Array.isArray(value) ? [value.length] : null,
    extra: { type, ...(isObject && !Array.isArray(value) ? { keys: Object.keys(value) } : {}) },
  };
}
