import type { Volume } from '../../../shared/space/grid.ts';
import { type IsosurfaceOptions, isosurface } from './isosurface.ts';
import { coarsened, type Mesh, type ShadedMesh, shadedMesh } from './mesh.ts';

/** What the worker is asked for: a surface out of a volume, or the shading of one that exists. */
export type SurfaceRequest = { readonly id: number } & (
  | { readonly volume: Volume; readonly options: IsosurfaceOptions }
  | { readonly mesh: Mesh }
);

export type SurfaceReply = { readonly id: number } & (
  | { readonly full: ShadedMesh; readonly coarse: ShadedMesh }
  | { readonly error: string }
);

self.addEventListener('message', ({ data: request }: MessageEvent<SurfaceRequest>) => {
  const reply = (message: SurfaceReply): void => self.postMessage(message);
  try {
    const mesh = 'mesh' in request ? request.mesh : isosurface(request.volume, request.options);
    const full = shadedMesh(mesh);
    reply({ id: request.id, full, coarse: coarsened(full) });
  } catch (error) {
    reply({ id: request.id, error: error instanceof Error ? error.message : String(error) });
  }
});
