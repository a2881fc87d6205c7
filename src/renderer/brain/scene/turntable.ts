/** Where one looks from: degrees around the vertical axis (0 from the front, 90 from the subject's left) and above the horizon. */
export interface CameraState {
  readonly azimuth: number;
  readonly elevation: number;
  /** 1 shows the whole. */
  readonly zoom: number;
  readonly projection: 'orthographic' | 'perspective';
}

export const presets = {
  left: { azimuth: 90, elevation: 0 },
  right: { azimuth: -90, elevation: 0 },
  front: { azimuth: 0, elevation: 0 },
  back: { azimuth: 180, elevation: 0 },
  top: { azimuth: 180, elevation: 89.9 },
  bottom: { azimuth: 180, elevation: -89.9 },
} as const;
export type Preset = keyof typeof presets;

export const firstCamera: CameraState = { azimuth: 125, elevation: 18, zoom: 1, projection: 'orthographic' };

/** The direction from the middle towards the eye, RAS+. */
export function eyeDirection({ azimuth, elevation }: CameraState): [x: number, y: number, z: number] {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  return [-Math.sin(a) * Math.cos(e), Math.cos(a) * Math.cos(e), Math.sin(e)];
}

/** The same after the pointer moved by pixels: half a turn over 500. */
export function turned(camera: CameraState, dx: number, dy: number): CameraState {
  const azimuth = ((camera.azimuth - 0.36 * dx + 540) % 360) - 180;
  const elevation = Math.min(89.9, Math.max(-89.9, camera.elevation + 0.36 * dy));
  return { ...camera, azimuth, elevation };
}
