import { FusiformError } from '../../../shared/errors.ts';
import { readGifti } from '../../formats/gifti/read.ts';

/**
 * The surface of a GIfTI file as `uint32 [2]` (numbers of vertices and triangles), `float32 [vertices, 3]` in mm,
 * `uint32 [triangles, 3]`, little-endian. Vertices are taken to the scanner's space where the file says how.
 *
 * @throws FusiformError GIFTI_INVALID where it holds no surface, and what `readGifti` throws
 */
export async function surfaceBytes(file: string): Promise<Uint8Array> {
  const { arrays } = await readGifti(file);
  const points = arrays.find(({ intent }) => intent === 'pointset');
  const triangles = arrays.find(({ intent }) => intent === 'triangle');
  if (points === undefined || triangles === undefined) {
    throw new FusiformError('GIFTI_INVALID', 'The file holds no surface: points and triangles are needed.', {
      file,
    });
  }
  const [nPoints, nTriangles] = [points.shape[0], triangles.shape[0]];
  const bytes = new Uint8Array(8 + 12 * nPoints + 12 * nTriangles);
  new Uint32Array(bytes.buffer, 0, 2).set([nPoints, nTriangles]);
  new Float32Array(bytes.buffer, 8, 3 * nPoints).set(placed(points, file));
  new Uint32Array(bytes.buffer, 8 + 12 * nPoints, 3 * nTriangles).set(triangles.data);
  return bytes;
}

type Points = Awaited<ReturnType<typeof readGifti>>['arrays'][number];

/** FreeSurfer's surfaces have their own origin (TkReg), and a matrix that takes them to the scanner's. */
function placed({ data, coordinateSystems, metadata }: Points, file: string): Float32Array {
  const points = Float32Array.from(data);
  const offset = ['VolGeomC_R', 'VolGeomC_A', 'VolGeomC_S'].map((key) => Number(metadata[key] ?? 0));
  const matrix = coordinateSystems[0]?.matrix;
  const isIdentity = matrix?.every((value, at) => value === (at % 5 === 0 ? 1 : 0)) ?? true;
  if (points.some((value) => !Number.isFinite(value))) {
    throw new FusiformError('GIFTI_INVALID', 'The surface has vertices that are not finite.', { file });
  }
  for (let at = 0; at < points.length; at += 3) {
    const [x, y, z] = points.subarray(at, at + 3);
    for (let axis = 0; axis < 3; axis += 1) {
      points[at + axis] =
        isIdentity || matrix === undefined
          ? points[at + axis] + (Number.isFinite(offset[axis]) ? offset[axis] : 0)
          : matrix[4 * axis] * x + matrix[4 * axis + 1] * y + matrix[4 * axis + 2] * z + matrix[4 * axis + 3];
    }
  }
  return points;
}
