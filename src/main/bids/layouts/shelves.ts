import type { ListedFile } from '../../formats/files/list.ts';
import type { NamedFile } from '../inheritance.ts';
import type { Collection } from './collections.ts';

/** What a file is to an index; most files of a pipeline are nothing to it. */
const kinds = ['image', 'events', 'sidecar', 'confounds', 'brainMask', 'surface'] as const;
type Kind = (typeof kinds)[number];

/** A subject's files of one collection by what they are, with those that hold for every subject. */
export interface Shelf extends Readonly<Record<Kind, readonly NamedFile[]>> {
  readonly collection: Collection;
  /** Images in the subject's folders that may be masks, whatever their names, and models of SPM. */
  readonly others: readonly ListedFile[];
}

const isImage = (extension: string): boolean => /^\.(nii|nii\.gz|img|img\.gz)$/.test(extension);

export function kindOfFile({ name, folder }: NamedFile): Kind | null {
  const { suffix, extension, entities, prefix } = name;
  if (prefix.startsWith('rp_')) return extension === '.txt' ? 'confounds' : null;
  if (suffix === 'bold') {
    if (extension === '.json') return 'sidecar';
    // The phase of a complex image is no signal, and an image belongs in a subject's folder.
    if (isImage(extension)) return entities.part !== 'phase' && folder.startsWith('sub-') ? 'image' : null;
  }
  if (extension === '.tsv') {
    if (suffix === 'events') return 'events';
    return /^(timeseries|regressors)$/.test(suffix) && entities.desc === 'confounds' ? 'confounds' : null;
  }
  if (suffix === 'mask' && entities.desc === 'brain' && isImage(extension)) return 'brainMask';
  return extension.endsWith('.gii') && entities.hemi !== undefined && entities.sub !== undefined
    ? 'surface'
    : null;
}

type Sorted = Map<string, Map<Kind, NamedFile[]>>;

/** Sorts the files of a collection once, however many subjects there are. */
export class Sorter {
  readonly #collection: Collection;
  /** By subject; '' for what holds for all. */
  readonly #files: Sorted = new Map();
  readonly #others: ReadonlyMap<string, readonly ListedFile[]>;

  constructor(collection: Collection) {
    this.#collection = collection;
    for (const file of collection.files) {
      const kind = kindOfFile(file);
      const subject = file.name.entities.sub ?? '';
      if (kind === null || (subject === '' && file.folder.startsWith('sub-'))) continue;
      const ofSubject = this.#files.get(subject) ?? new Map<Kind, NamedFile[]>();
      this.#files.set(subject, ofSubject);
      const ofKind = ofSubject.get(kind);
      if (ofKind) ofKind.push(file);
      else ofSubject.set(kind, [file]);
    }
    this.#others = Map.groupBy(
      collection.listed.filter(({ relative }) => /\.nii(\.gz)?$|(^|\/)SPM\.mat$/.test(relative)),
      ({ relative }) => /(?:^|\/)sub-([^/]+)\//.exec(relative)?.[1] ?? '',
    );
  }

  shelf(subject: string): Shelf {
    const of = (kind: Kind): NamedFile[] => [
      ...(this.#files.get('')?.get(kind) ?? []),
      ...(this.#files.get(subject)?.get(kind) ?? []),
    ];
    return {
      collection: this.#collection,
      image: of('image'),
      events: of('events'),
      sidecar: of('sidecar'),
      confounds: of('confounds'),
      brainMask: of('brainMask'),
      surface: of('surface'),
      others: this.#others.get(subject) ?? [],
    };
  }
}
