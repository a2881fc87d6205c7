import type { BrainFacts, BrainImage } from '../../../shared/contract/brain.ts';
import type { LoadedVolume } from '../volume/volume-store.ts';
import { type Surface, surfaces } from './surfaces.ts';
import type { Mesh } from './mesh.ts';

export interface SurfaceSource {
  readonly surface: Surface;
  /** In words: where it is from. */
  readonly origin: string;
}

/** Surfaces of the study, the one of both hemispheres that shows sulci best first. */
function studySurfaces({ surfaces: all }: BrainFacts): BrainFacts['surfaces'] {
  for (const kind of ['midthickness', 'pial', 'white', 'smoothwm']) {
    const found = ['L', 'R'].flatMap((side) =>
      all.filter(({ name, hemisphere }) => hemisphere === side && name.includes(kind)).slice(0, 1),
    );
    if (found.length > 0) return found;
  }
  return [];
}

/** The brain mask of a subject, from which a surface is made where the study holds none. */
export function maskForSurface(images: readonly BrainImage[]): BrainImage | null {
  const masks = images.filter(({ kind }) => kind === 'mask');
  return masks.find(({ name }) => /brain/i.test(name)) ?? masks[0] ?? null;
}

/**
 * The subject's cortex: GIfTI surfaces of the study, else the surface of the brain mask, else of the image itself halfway
 * between dark and bright.
 */
export async function subjectSurface(
  facts: BrainFacts,
  mask: { readonly image: BrainImage; readonly volume: LoadedVolume } | null,
  base: { readonly image: BrainImage; readonly volume: LoadedVolume } | null,
  addressOf: (url: string) => string,
): Promise<SurfaceSource | null> {
  const own = studySurfaces(facts);
  if (own.length > 0) {
    const meshes = await Promise.all(own.map(({ url }) => fetchMesh(addressOf(url))));
    const key = own.map(({ id }) => id).join(' ');
    return {
      surface: await surfaces.ofMesh(key, joined(meshes)),
      origin: own.map(({ name }) => name).join(', '),
    };
  }
  if (mask !== null) {
    const surface = await surfaces.ofVolume(mask.image.id, mask.volume, { level: 0.5, isMask: true });
    return { surface, origin: `surface of "${mask.image.name}"` };
  }
  if (base === null) return null;
  const { low, high } = base.volume.range;
  const level = (low + high) / 2;
  const surface = await surfaces.ofVolume(`${base.image.id} ${level}`, base.volume, { level, isMask: false });
  return { surface, origin: `surface of "${base.image.name}" at ${level.toPrecision(3)}` };
}

/** See `surfaceBytes` of the host. */
async function fetchMesh(address: string): Promise<Mesh> {
  const response = await fetch(address);
  if (!response.ok) throw new Error((await response.text()).trim());
  const bytes = await response.arrayBuffer();
  const [nPoints, nTriangles] = new Uint32Array(bytes, 0, 2);
  return {
    positions: new Float32Array(bytes, 8, 3 * nPoints),
    indices: new Uint32Array(bytes, 8 + 12 * nPoints, 3 * nTriangles),
  };
}

function joined(meshes: readonly Mesh[]): Mesh {
  const positions = new Float32Array(meshes.reduce((sum, mesh) => sum + mesh.positions.length, 0));
  const indices = new Uint32Array(meshes.reduce((sum, mesh) => sum + mesh.indices.length, 0));
  let [vertices, corners] = [0, 0];
  for (const mesh of meshes) {
    positions.set(mesh.positions, 3 * vertices);
    indices.set(
      mesh.indices.map((index) => index + vertices),
      corners,
    );
    vertices += mesh.positions.length / 3;
    corners += mesh.indices.length;
  }
  return { positions, indices };
}
