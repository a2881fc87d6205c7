import { interpolationOf, type Layer } from '../layers/layer.ts';
import { colourOf } from '../layers/paint.ts';
import { samplerOf } from '../volume/sample.ts';
import type { ShadedMesh } from './mesh.ts';

/** Grey of the depth of a sulcus and of the crown of a gyrus. */
const [darkest, brightest] = [96, 214];

/** Millimetres below and above a vertex at which a map is looked at: the cortex has a thickness, and voxels a size. */
const depths = [0, -1.5, -3];

/** Colours of a surface's vertices by its folds and the overlays. Values are kept: a threshold costs the colouring alone. */
export class SurfacePainter {
  readonly #values = new Map<string, { volume: Layer['volume']; mesh: ShadedMesh; values: Float32Array }>();

  paint(colours: Uint8Array, mesh: ShadedMesh, level: string, layers: readonly Layer[]): void {
    const { shade } = mesh;
    for (let vertex = 0, to = 0; vertex < shade.length; vertex += 1, to += 3) {
      colours.fill(darkest + shade[vertex] * (brightest - darkest), to, to + 3);
    }
    for (const layer of layers) {
      const values = this.#sample(layer, mesh, level);
      const { paint } = layer;
      for (let vertex = 0, to = 0; vertex < values.length; vertex += 1, to += 3) {
        const colour = colourOf(paint, values[vertex]);
        if (colour === null) continue;
        // Folds stay seen below the colour.
        const light = 0.75 + 0.25 * shade[vertex];
        for (let channel = 0; channel < 3; channel += 1) {
          colours[to + channel] += paint.opacity * (light * colour[channel] - colours[to + channel]);
        }
      }
    }
  }

  #sample({ id, ...layer }: Layer, mesh: ShadedMesh, level: string): Float32Array {
    const key = `${level} ${id}`;
    const known = this.#values.get(key);
    if (known?.volume === layer.volume && known.mesh === mesh) return known.values;
    const sample = samplerOf(layer.volume, interpolationOf(layer));
    const { positions: p, normals: n } = mesh;
    const values = new Float32Array(p.length / 3);
    for (let vertex = 0, at = 0; vertex < values.length; vertex += 1, at += 3) {
      let strongest = Number.NaN;
      for (const depth of depths) {
        const value = sample(
          p[at] + depth * n[at],
          p[at + 1] + depth * n[at + 1],
          p[at + 2] + depth * n[at + 2],
        );
        if (!(Math.abs(value) <= Math.abs(strongest))) strongest = Number.isNaN(value) ? strongest : value;
      }
      values[vertex] = strongest;
    }
    this.#values.set(key, { volume: layer.volume, mesh, values });
    return values;
  }
}
