import type { Volume } from '../../../shared/space/grid.ts';
import type { IsosurfaceOptions } from './isosurface.ts';
import type { Mesh, ShadedMesh } from './mesh.ts';
import type { SurfaceReply, SurfaceRequest } from './surface-worker.ts';

export interface Surface {
  readonly full: ShadedMesh;
  /** The same with few vertices, for turning on slow machines. */
  readonly coarse: ShadedMesh;
}

/** Surfaces that are kept; the one that was used longest ago goes first. */
const mostKept = 12;

/** Surfaces out of volumes, made in a worker and kept while they are looked at. */
class Surfaces {
  #worker: Worker | null = null;
  #next = 0;
  readonly #waiting = new Map<
    number,
    { resolve: (surface: Surface) => void; reject: (error: Error) => void }
  >();
  readonly #kept = new Map<string, Promise<Surface>>();

  /** @param key names what it is made of: the same key, the same surface */
  ofVolume(key: string, volume: Volume, options: IsosurfaceOptions): Promise<Surface> {
    return this.#get(key, { volume, options });
  }

  ofMesh(key: string, mesh: Mesh): Promise<Surface> {
    return this.#get(key, { mesh });
  }

  #get(
    key: string,
    request: { volume: Volume; options: IsosurfaceOptions } | { mesh: Mesh },
  ): Promise<Surface> {
    const known = this.#kept.get(key) ?? this.#ask(request);
    this.#kept.delete(key);
    this.#kept.set(key, known);
    known.catch(() => this.#kept.delete(key));
    if (this.#kept.size > mostKept) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return known;
  }

  #ask(request: { volume: Volume; options: IsosurfaceOptions } | { mesh: Mesh }): Promise<Surface> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#open().postMessage({ id, ...request } satisfies SurfaceRequest);
    });
  }

  #open(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./surface-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<SurfaceReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('error' in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data);
    });
    worker.addEventListener('error', ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
      this.#waiting.clear();
      this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }
}

export const surfaces = new Surfaces();
