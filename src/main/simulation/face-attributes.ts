import type { FaceParameters } from './faces.ts';

/** What a viewer could say of a drawn face, as CelebA's tables say it of a photograph. */
export const faceAttributes: Readonly<Record<string, (face: FaceParameters) => boolean>> = {
  Male: (face) => face.male,
  Smiling: (face) => face.smile > 0,
  Blond_Hair: (face) => face.hairLightness > 0.4,
  Long_Hair: (face) => face.hairLength > 0,
  Beard: (face) => face.beard > 0.2,
  Pale_Skin: (face) => face.skinTone < 0,
};

export const faceAttributeNames: readonly string[] = Object.keys(faceAttributes);

/** 1 or -1 for each attribute, in the order of `faceAttributeNames`. */
export function attributeValues(face: FaceParameters): (1 | -1)[] {
  return Object.values(faceAttributes).map((holds) => (holds(face) ? 1 : -1));
}
