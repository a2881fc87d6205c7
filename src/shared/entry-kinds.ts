/** What a project holds under names. */
export const entryKinds = [
  'faces',
  'model',
  'subject',
  'latents',
  'mapping',
  'decoder',
  'decoding',
  /** Of runs or patterns that the mapping was not fitted with: `01/vaegan/ridge/run-09`. */
  'offline-decoding',
  'evaluation',
  'attributes',
  'imagery',
  'learning-curve',
  'maps',
  'nearest',
  'regions',
  'group',
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** A thing of a project by its kind and name. */
export interface EntryName {
  readonly kind: EntryKind;
  readonly name: string;
}
