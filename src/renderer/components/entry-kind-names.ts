import type { EntryKind } from '../../shared/entry-kinds.ts';

/** What the kinds of things in a project are called on the screen. */
export const entryKindNames: Readonly<Record<EntryKind, string>> = {
  faces: 'face set',
  model: 'model',
  subject: 'subject',
  latents: 'latents',
  mapping: 'mapping',
  decoder: 'decoder',
  decoding: 'decoding',
  'offline-decoding': 'decoding of new runs',
  evaluation: 'evaluation',
  attributes: 'attributes',
  imagery: 'imagery',
  'learning-curve': 'learning curve',
  maps: 'maps',
  nearest: 'nearest training faces',
  regions: 'comparison of regions',
  group: 'group statistics',
};
