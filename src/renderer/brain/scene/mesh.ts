/** Triangles in RAS+ millimetres, counter-clockwise seen from outside. */
export interface Mesh {
  /** [vertices, 3] */
  readonly positions: Float32Array;
  /** [triangles, 3] */
  readonly indices: Uint32Array;
}

/** A mesh ready to be drawn. */
export interface ShadedMesh extends Mesh {
  /** [vertices, 3], of unit length. */
  readonly normals: Float32Array;
  /** [vertices]: 0 in the depth of a sulcus, 1 on the crown of a gyrus. */
  readonly shade: Float32Array;
}

/** Normals of vertices: the sum of the normals of their triangles, weighted by area. */
export function vertexNormals({ positions: p, indices }: Mesh): Float32Array {
  const normals = new Float32Array(p.length);
  for (let at = 0; at < indices.length; at += 3) {
    const [a, b, c] = [3 * indices[at], 3 * indices[at + 1], 3 * indices[at + 2]];
    const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const vertex of [a, b, c]) {
      normals[vertex] += x;
      normals[vertex + 1] += y;
      normals[vertex + 2] += z;
    }
  }
  for (let at = 0; at < normals.length; at += 3) {
    const length = Math.hypot(normals[at], normals[at + 1], normals[at + 2]) || 1;
    for (let axis = 0; axis < 3; axis += 1) normals[at + axis] /= length;
  }
  return normals;
}

/** Moves every vertex towards (or, below 0, away from) the mean of its neighbours by a share of the way. */
function relax(from: Float32Array, indices: Uint32Array, share: number): Float32Array {
  const sum = new Float32Array(from.length);
  const count = new Uint16Array(from.length / 3);
  for (let at = 0; at < indices.length; at += 3) {
    for (let corner = 0; corner < 3; corner += 1) {
      const one = indices[at + corner];
      const other = indices[at + ((corner + 1) % 3)];
      // Every edge is met once from each side: both directions together count each neighbour once.
      count[one] += 1;
      for (let axis = 0; axis < 3; axis += 1) sum[3 * one + axis] += from[3 * other + axis];
    }
  }
  const result = new Float32Array(from.length);
  for (let at = 0; at < from.length; at += 1) {
    const neighbours = count[Math.floor(at / 3)];
    result[at] = neighbours === 0 ? from[at] : from[at] + share * (sum[at] / neighbours - from[at]);
  }
  return result;
}

/** Taubin's smoothing: a step in, a smaller step out, so that nothing shrinks. */
export function smoothed({ positions, indices }: Mesh, iterations: number): Mesh {
  let moved = positions;
  for (let step = 0; step < iterations; step += 1) {
    moved = relax(relax(moved, indices, 0.5), indices, -0.53);
  }
  return { positions: moved, indices };
}

/** Iterations of plain smoothing against which depth is measured. */
const depthIterations = 24;

/**
 * How deep each vertex lies, as light that comes from all around would show it: its distance along the normal from the
 * surface that is smoothed until its folds are gone, between the 5th and 95th percentile.
 */
export function depthShade({ positions, indices }: Mesh, normals: Float32Array): Float32Array {
  let flat = positions;
  for (let step = 0; step < depthIterations; step += 1) flat = relax(flat, indices, 0.7);
  const depth = new Float32Array(positions.length / 3);
  for (let vertex = 0; vertex < depth.length; vertex += 1) {
    for (let axis = 0; axis < 3; axis += 1) {
      const at = 3 * vertex + axis;
      depth[vertex] += (positions[at] - flat[at]) * normals[at];
    }
  }
  const sorted = depth.slice().sort();
  const [low, high] = [sorted[Math.floor(0.05 * sorted.length)], sorted[Math.floor(0.95 * sorted.length)]];
  // A surface without folds is bright all over.
  if (!(high - low > 1e-3)) return depth.fill(1);
  return depth.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low))));
}

export function shadedMesh(mesh: Mesh): ShadedMesh {
  const normals = vertexNormals(mesh);
  return { ...mesh, normals, shade: depthShade(mesh, normals) };
}

/** Vertices that a mesh keeps while it turns on slow machines. */
const coarseVertices = 16_000;

/**
 * The same shape with fewer vertices: those in one cell of a grid become their mean (Rossignac and Borrel's clustering).
 *
 * @returns the mesh itself where it is small enough
 */
export function coarsened(mesh: ShadedMesh, most = coarseVertices): ShadedMesh {
  const { positions, indices, normals, shade } = mesh;
  const nVertices = positions.length / 3;
  if (nVertices <= most) return mesh;
  // Distances between vertices are about even: so many times fewer vertices are cells so many times larger in area.
  const cell = 1.15 * edgeLength(mesh) * Math.sqrt(nVertices / most);
  const cells = new Map<number, number>();
  const cellOf = new Uint32Array(nVertices);
  const base = 1 << 17;
  const key = (at: number) =>
    Math.floor(positions[at] / cell) +
    4096 +
    8192 * (Math.floor(positions[at + 1] / cell) + 4096) +
    base * 512 * (Math.floor(positions[at + 2] / cell) + 4096);
  for (let vertex = 0; vertex < nVertices; vertex += 1) {
    const name = key(3 * vertex);
    const known = cells.get(name);
    cellOf[vertex] = known ?? cells.size;
    if (known === undefined) cells.set(name, cells.size);
  }
  const count = new Uint32Array(cells.size);
  const means = new Float32Array(3 * cells.size);
  const directions = new Float32Array(3 * cells.size);
  const light = new Float32Array(cells.size);
  for (let vertex = 0; vertex < nVertices; vertex += 1) {
    const to = cellOf[vertex];
    count[to] += 1;
    light[to] += shade[vertex];
    for (let axis = 0; axis < 3; axis += 1) {
      means[3 * to + axis] += positions[3 * vertex + axis];
      directions[3 * to + axis] += normals[3 * vertex + axis];
    }
  }
  for (let at = 0; at < cells.size; at += 1) {
    light[at] /= count[at];
    const length = Math.hypot(directions[3 * at], directions[3 * at + 1], directions[3 * at + 2]) || 1;
    for (let axis = 0; axis < 3; axis += 1) {
      means[3 * at + axis] /= count[at];
      directions[3 * at + axis] /= length;
    }
  }
  const kept: number[] = [];
  for (let at = 0; at < indices.length; at += 3) {
    const [a, b, c] = [cellOf[indices[at]], cellOf[indices[at + 1]], cellOf[indices[at + 2]]];
    if (a !== b && b !== c && c !== a) kept.push(a, b, c);
  }
  return { positions: means, indices: Uint32Array.from(kept), normals: directions, shade: light };
}

function edgeLength({ positions, indices }: Mesh): number {
  const step = Math.max(3, 3 * Math.floor(indices.length / 3 / 2000));
  let [sum, count] = [0, 0];
  for (let at = 0; at + 1 < indices.length; at += step) {
    const [a, b] = [3 * indices[at], 3 * indices[at + 1]];
    sum += Math.hypot(
      positions[a] - positions[b],
      positions[a + 1] - positions[b + 1],
      positions[a + 2] - positions[b + 2],
    );
    count += 1;
  }
  return sum / Math.max(1, count);
}
