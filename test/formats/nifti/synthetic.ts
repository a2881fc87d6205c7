/** NIfTI files byte by byte, independent of the writer under test. */
export interface SyntheticNifti {
  version?: 1 | 2;
  little?: boolean;
  singleFile?: boolean;
  dim?: number[];
  pixdim?: number[];
  datatype?: number;
  slope?: number;
  inter?: number;
  units?: number;
  qform?: { code: number; quaternion: number[]; offset: number[] };
  sform?: { code: number; rows: number[] };
  offset?: number;
  /** Voxel bytes in the byte order of the file. */
  voxels?: Uint8Array;
}

export function niftiHeader(options: SyntheticNifti): Uint8Array<ArrayBuffer> {
  const { version = 1, little = true, singleFile = true, dim = [3, 2, 2, 2, 1, 1, 1, 1] } = options;
  const { pixdim = [1, 2, 3, 4, 0, 0, 0, 0], datatype = 2, slope = 0, inter = 0, units = 10 } = options;
  const bytes = new Uint8Array(version === 1 ? 352 : 544);
  const view = new DataView(bytes.buffer);
  const put = (offset: number, values: number[]): void =>
    values.forEach((value, index) => {
      if (version === 1) view.setFloat32(offset + 4 * index, value, little);
      else view.setFloat64(offset + 8 * index, value, little);
    });
  const offset = options.offset ?? (singleFile ? bytes.length : 0);
  view.setInt32(0, version === 1 ? 348 : 540, little);
  const magic = `${singleFile ? 'n+' : 'ni'}${version}\0`;
  bytes.set(new TextEncoder().encode(magic), version === 1 ? 344 : 4);
  const { qform, sform } = options;
  if (version === 1) {
    dim.forEach((value, index) => {
      view.setInt16(40 + 2 * index, value, little);
    });
    view.setInt16(70, datatype, little);
    put(76, pixdim);
    put(108, [offset, slope, inter]);
    bytes[123] = units;
    view.setInt16(252, qform?.code ?? 0, little);
    view.setInt16(254, sform?.code ?? 0, little);
    put(256, [...(qform?.quaternion ?? [0, 0, 0]), ...(qform?.offset ?? [0, 0, 0])]);
    put(280, sform?.rows ?? []);
  } else {
    bytes.set([13, 10, 26, 10], 8);
    view.setInt16(12, datatype, little);
    dim.forEach((value, index) => {
      view.setBigInt64(16 + 8 * index, BigInt(value), little);
    });
    put(104, pixdim);
    view.setBigInt64(168, BigInt(offset), little);
    put(176, [slope, inter]);
    view.setInt32(344, qform?.code ?? 0, little);
    view.setInt32(348, sform?.code ?? 0, little);
    put(352, [...(qform?.quaternion ?? [0, 0, 0]), ...(qform?.offset ?? [0, 0, 0])]);
    put(400, sform?.rows ?? []);
    view.setInt32(500, units, little);
  }
  return bytes;
}

export function niftiFile(options: SyntheticNifti): Uint8Array<ArrayBuffer> {
  const header = niftiHeader(options);
  const voxels = options.voxels ?? new Uint8Array(8);
  const file = new Uint8Array(header.length + voxels.length);
  file.set(header);
  file.set(voxels, header.length);
  return file;
}
