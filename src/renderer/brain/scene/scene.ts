import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  FrontSide,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  type Material,
  Mesh,
  MeshLambertMaterial,
  OrthographicCamera,
  PerspectiveCamera,
  Plane,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from 'three';
import type { Bounds, Point } from '../volume/bounds.ts';
import type { ShadedMesh } from './mesh.ts';
import type { Surface } from './surfaces.ts';
import { type CameraState, eyeDirection, firstCamera } from './turntable.ts';
import type { VoxelMesh } from './voxel-mesh.ts';

/** Milliseconds without movement after which everything is drawn in full. */
const stillAfterMs = 180;
/** A frame that took longer than this is drawn with fewer vertices while something moves. */
const slowFrameMs = 28;

export interface RegionShape {
  readonly colour: readonly [number, number, number];
  readonly style: 'solid' | 'outline' | 'voxels';
  readonly shape: VoxelMesh | ShadedMesh;
}

/** What is drawn of the values in a volume: boxes, coloured face by face. */
export interface ColouredVoxels {
  readonly mesh: VoxelMesh;
  /** [faces, 3], 0..1 */
  readonly colours: Float32Array;
}

export interface Hit {
  readonly place: Point;
}

/** The brain in three dimensions: one WebGL context, drawn only when something changed. */
export class BrainScene {
  onLost: (isLost: boolean) => void = () => undefined;
  onFrame: () => void = () => undefined;
  readonly #renderer: WebGLRenderer;
  readonly #canvas: HTMLCanvasElement;
  readonly #scene = new Scene();
  readonly #orthographic = new OrthographicCamera();
  readonly #perspective = new PerspectiveCamera(28);
  readonly #headlight = new DirectionalLight(0xffffff, 1.6);
  readonly #surfaceMaterial = new MeshLambertMaterial({ vertexColors: true, side: FrontSide });
  readonly #things = new Group();
  readonly #marker: LineSegments;
  readonly #clip = new Plane();
  readonly #raycaster = new Raycaster();
  readonly #pointer = new Vector2();
  readonly #middle = new Vector3();
  #radius = 100;
  #camera: CameraState = firstCamera;
  #full: Mesh | null = null;
  #coarse: Mesh | null = null;
  #frame = 0;
  #stillTimer: ReturnType<typeof setTimeout> | undefined;
  #isMoving = false;
  #frameMs = 0;
  #size: readonly [number, number] = [1, 1];
  readonly #forgetEvents: () => void;

  /** @throws Error where the browser has no WebGL, saying why */
  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
    this.#renderer.setPixelRatio(1);
    this.#renderer.localClippingEnabled = true;
    this.#renderer.setClearColor(0x000000, 1);
    this.#scene.add(new AmbientLight(0xffffff, 0.5), new HemisphereLight(0xffffff, 0x606068, 1.1));
    this.#scene.add(this.#headlight, this.#headlight.target, this.#things);
    for (const camera of [this.#orthographic, this.#perspective]) camera.up.set(0, 0, 1);
    this.#marker = new LineSegments(
      new BufferGeometry().setAttribute('position', new BufferAttribute(new Float32Array(18), 3)),
      new LineBasicMaterial({ color: 0x46d17f, depthTest: false, transparent: true, opacity: 0.8 }),
    );
    this.#marker.renderOrder = 10;
    this.#marker.frustumCulled = false;
    this.#scene.add(this.#marker);
    const lost = (event: Event) => {
      event.preventDefault();
      this.onLost(true);
    };
    const restored = () => {
      this.onLost(false);
      this.draw();
    };
    canvas.addEventListener('webglcontextlost', lost);
    canvas.addEventListener('webglcontextrestored', restored);
    this.#forgetEvents = () => {
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
    };
  }

  get camera(): CameraState {
    return this.#camera;
  }

  /** Milliseconds that the last frame took to draw. */
  get frameMs(): number {
    return this.#frameMs;
  }

  /** Whether what is on the screen has all its detail. */
  get isFull(): boolean {
    return this.#frame === 0 && !this.#isMoving;
  }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1) return;
    this.#size = [width, height];
    this.#renderer.setSize(width, height, false);
    this.draw();
  }

  setBounds({ min, max }: Bounds): void {
    this.#middle.set((min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2);
    this.#radius = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2 || 1;
    this.draw();
  }

  setCamera(camera: CameraState): void {
    this.#camera = camera;
    this.#isMoving = true;
    clearTimeout(this.#stillTimer);
    this.#stillTimer = setTimeout(() => {
      this.#isMoving = false;
      this.draw();
    }, stillAfterMs);
    this.draw();
  }

  setSurface(surface: Surface | null): void {
    for (const mesh of [this.#full, this.#coarse]) {
      if (mesh === null) continue;
      this.#scene.remove(mesh);
      mesh.geometry.dispose();
    }
    [this.#full, this.#coarse] = [null, null];
    if (surface !== null) {
      this.#full = this.#surfaceMesh(surface.full);
      this.#coarse = surface.coarse === surface.full ? this.#full : this.#surfaceMesh(surface.coarse);
    }
    this.draw();
  }

  #surfaceMesh(shaded: ShadedMesh): Mesh {
    const geometry = geometryOf(shaded);
    const colours = new BufferAttribute(new Uint8Array(shaded.positions.length), 3, true);
    geometry.setAttribute('color', colours);
    const mesh = new Mesh(geometry, this.#surfaceMaterial);
    mesh.renderOrder = 5;
    this.#scene.add(mesh);
    return mesh;
  }

  /** Colours of the surface's vertices. `paint` fills [vertices, 3], 0..255, for each level of detail. */
  paintSurface(paint: (colours: Uint8Array, level: 'full' | 'coarse') => void): void {
    for (const [mesh, level] of [
      [this.#full, 'full'],
      [this.#coarse === this.#full ? null : this.#coarse, 'coarse'],
    ] as const) {
      const attribute = mesh?.geometry.getAttribute('color');
      if (!(attribute instanceof BufferAttribute) || !(attribute.array instanceof Uint8Array)) continue;
      paint(attribute.array, level);
      attribute.needsUpdate = true;
    }
    this.draw();
  }

  setSurfaceOpacity(opacity: number): void {
    const material = this.#surfaceMaterial;
    material.visible = opacity > 0;
    if (material.transparent !== opacity < 1) {
      material.transparent = opacity < 1;
      material.needsUpdate = true;
    }
    material.opacity = opacity;
    this.draw();
  }

  /** Regions and boxes of values, in place of those before. */
  setThings(regions: readonly RegionShape[], voxels: readonly ColouredVoxels[]): void {
    for (const child of [...this.#things.children]) {
      this.#things.remove(child);
      if (child instanceof Mesh || child instanceof LineSegments) {
        child.geometry.dispose();
        (child.material as Material).dispose();
      }
    }
    for (const region of regions) this.#things.add(regionObject(region));
    for (const each of voxels) this.#things.add(voxelObject(each));
    this.#applyClip();
    this.draw();
  }

  setCrosshair([x, y, z]: Point, isShown: boolean): void {
    const attribute = this.#marker.geometry.getAttribute('position') as BufferAttribute;
    const r = this.#radius;
    (attribute.array as Float32Array).set([
      x - r,
      y,
      z,
      x + r,
      y,
      z,
      x,
      y - r,
      z,
      x,
      y + r,
      z,
      x,
      y,
      z - r,
      x,
      y,
      z + r,
    ]);
    attribute.needsUpdate = true;
    this.#marker.visible = isShown;
    this.draw();
  }

  /** What lies beyond `at` along a world axis, seen from its lower (1) or upper (-1) end, is cut off; null: nothing. */
  setClip(clip: { readonly axis: 0 | 1 | 2; readonly at: number; readonly side: 1 | -1 } | null): void {
    this.#isClipped = clip !== null;
    if (clip !== null) {
      this.#clip.normal.set(0, 0, 0).setComponent(clip.axis, -clip.side);
      this.#clip.constant = clip.side * clip.at;
    }
    this.#applyClip();
    this.draw();
  }
  #isClipped = false;

  #applyClip(): void {
    const planes = this.#isClipped ? [this.#clip] : [];
    const materials = [
      this.#surfaceMaterial,
      ...this.#things.children.map((child) => (child as Mesh).material as Material),
    ];
    for (const material of materials) {
      material.clippingPlanes = planes;
      material.needsUpdate = true;
    }
    // Cut open, the inside of the surface is seen.
    this.#surfaceMaterial.side = this.#isClipped ? DoubleSide : FrontSide;
  }

  /** What is nearest under a place of the picture (pixels from the upper left). */
  pick(x: number, y: number): Hit | null {
    this.#placeCamera();
    this.#pointer.set((x / this.#size[0]) * 2 - 1, 1 - (y / this.#size[1]) * 2);
    this.#raycaster.setFromCamera(this.#pointer, this.#activeCamera);
    const isClear = this.#surfaceMaterial.transparent || !this.#surfaceMaterial.visible;
    const things = this.#hit(this.#things.children);
    const surface = this.#full === null || !this.#surfaceMaterial.visible ? null : this.#hit([this.#full]);
    // Through a translucent surface one means what is inside.
    const found = isClear ? (things ?? surface) : nearer(things, surface);
    if (found === null) return null;
    // Half a millimetre on: the voxel whose face was hit, not the one before it.
    const { point } = found;
    const { direction } = this.#raycaster.ray;
    return { place: [point.x + 0.5 * direction.x, point.y + 0.5 * direction.y, point.z + 0.5 * direction.z] };
  }

  #hit(objects: Parameters<Raycaster['intersectObjects']>[0]) {
    const hits = this.#raycaster.intersectObjects(objects, false);
    return (
      hits.find(
        ({ object, point }) =>
          object instanceof Mesh && (!this.#isClipped || this.#clip.distanceToPoint(point) >= 0),
      ) ?? null
    );
  }

  /** Where a place is drawn, in pixels from the upper left. */
  project([x, y, z]: Point): [number, number] {
    const point = projected.set(x, y, z).project(this.#activeCamera);
    return [((point.x + 1) / 2) * this.#size[0], ((1 - point.y) / 2) * this.#size[1]];
  }

  get middle(): Point {
    return [this.#middle.x, this.#middle.y, this.#middle.z];
  }

  get radius(): number {
    return this.#radius;
  }

  /** Asks for a frame; many calls make one. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render(): void {
    const started = performance.now();
    this.#placeCamera();
    const isCoarse = this.#isMoving && this.#coarse !== null && this.#fullMs > slowFrameMs;
    if (this.#full !== null) this.#full.visible = !isCoarse;
    if (this.#coarse !== null && this.#coarse !== this.#full) this.#coarse.visible = isCoarse;
    this.#renderer.render(this.#scene, this.#activeCamera);
    // Commands are queued: without waiting for one pixel the time would be that of handing them over.
    if (!isCoarse && this.#isMoving) this.#waitForPixels();
    this.#frameMs = performance.now() - started;
    if (!isCoarse && this.#isMoving) this.#fullMs = this.#frameMs;
    this.onFrame();
  }
  #fullMs = 0;

  #waitForPixels(): void {
    const gl = this.#renderer.getContext();
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, onePixel);
  }

  get #activeCamera(): OrthographicCamera | PerspectiveCamera {
    return this.#camera.projection === 'orthographic' ? this.#orthographic : this.#perspective;
  }

  #placeCamera(): void {
    const [x, y, z] = eyeDirection(this.#camera);
    const [width, height] = this.#size;
    const aspect = width / height;
    // The half height of what is seen: the whole sphere, in whichever direction is narrower.
    const half = (0.82 * this.#radius) / this.#camera.zoom / Math.min(1, aspect);
    const camera = this.#activeCamera;
    const distance =
      camera instanceof PerspectiveCamera ? half / Math.tan((camera.fov * Math.PI) / 360) : 4 * this.#radius;
    camera.position.set(x, y, z).multiplyScalar(distance).add(this.#middle);
    camera.lookAt(this.#middle);
    if (camera instanceof OrthographicCamera) {
      camera.left = -half * aspect;
      camera.right = half * aspect;
      camera.top = half;
      camera.bottom = -half;
    } else {
      camera.aspect = aspect;
    }
    camera.near = Math.max(0.1, distance - 3 * this.#radius);
    camera.far = distance + 3 * this.#radius;
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
    this.#headlight.position.copy(camera.position);
    this.#headlight.target.position.copy(this.#middle);
    this.#headlight.target.updateMatrixWorld();
  }

  /** The picture at a size of its own. @param background null: transparent */
  picture(width: number, height: number, background: string | null): HTMLCanvasElement {
    const before = this.#size;
    const [full, coarse] = [this.#full, this.#coarse];
    if (full !== null) full.visible = true;
    if (coarse !== null && coarse !== full) coarse.visible = false;
    this.#size = [width, height];
    this.#renderer.setSize(width, height, false);
    this.#renderer.setClearColor(new Color(background ?? '#000000'), background === null ? 0 : 1);
    this.#placeCamera();
    this.#renderer.render(this.#scene, this.#activeCamera);
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [width, height];
    copy.getContext('2d')?.drawImage(this.#canvas, 0, 0);
    this.#renderer.setClearColor(0x000000, 1);
    this.resize(...before);
    return copy;
  }

  dispose(): void {
    clearTimeout(this.#stillTimer);
    cancelAnimationFrame(this.#frame);
    this.#forgetEvents();
    this.setSurface(null);
    this.setThings([], []);
    cancelAnimationFrame(this.#frame);
    this.#surfaceMaterial.dispose();
    this.#renderer.dispose();
  }
}

const projected = new Vector3();
const onePixel = new Uint8Array(4);

type Intersection = NonNullable<ReturnType<Raycaster['intersectObject']>[number]>;

function nearer(a: Intersection | null, b: Intersection | null): Intersection | null {
  if (a === null || b === null) return a ?? b;
  return a.distance <= b.distance ? a : b;
}

function geometryOf({ positions, normals, indices }: ShadedMesh | VoxelMesh): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(positions, 3));
  geometry.setAttribute('normal', new BufferAttribute(normals, 3));
  geometry.setIndex(new BufferAttribute(indices, 1));
  return geometry;
}

function regionObject({ colour, style, shape }: RegionShape): Mesh | LineSegments {
  const paint = new Color(`rgb(${colour.join(',')})`);
  if (style === 'outline' && 'edges' in shape) {
    const geometry = new BufferGeometry().setAttribute('position', new BufferAttribute(shape.edges, 3));
    return new LineSegments(geometry, new LineBasicMaterial({ color: paint }));
  }
  return new Mesh(geometryOf(shape), new MeshLambertMaterial({ color: paint }));
}

function voxelObject({ mesh, colours }: ColouredVoxels): Mesh {
  const geometry = geometryOf(mesh);
  const corners = new Float32Array(mesh.positions.length);
  for (let face = 0; face < mesh.voxels.length; face += 1) {
    for (let corner = 0; corner < 4; corner += 1) {
      corners.set(colours.subarray(3 * face, 3 * face + 3), 3 * (4 * face + corner));
    }
  }
  geometry.setAttribute('color', new BufferAttribute(corners, 3));
  return new Mesh(geometry, new MeshLambertMaterial({ vertexColors: true }));
}
