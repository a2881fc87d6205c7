import type { DerivativeName } from './derivative-names.ts';

/** A file of a dataset whose name follows BIDS, or did in an older version of the tool that wrote it. */
export interface NamedFile {
  readonly path: string;
  /** The folder below the root of its dataset (raw, or of one pipeline), with `/`; '' for the root itself. */
  readonly folder: string;
  readonly name: DerivativeName;
  readonly danglingLink: string | null;
}

/** Whether every entity of `part` stands in `whole` with the same value. */
export function isSubset(
  part: Readonly<Record<string, string>>,
  whole: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value);
}

/**
 * The files that apply to a data file by BIDS's inheritance principle: those in its folder or above it whose entities
 * all stand in its name, from the most general to the most specific.
 */
export function inheritedFiles(target: NamedFile, candidates: readonly NamedFile[]): NamedFile[] {
  return candidates
    .filter(
      ({ folder, name }) =>
        (folder === '' || folder === target.folder || target.folder.startsWith(`${folder}/`)) &&
        isSubset(name.entities, target.name.entities),
    )
    .sort(
      (a, b) =>
        a.folder.length - b.folder.length ||
        Object.keys(a.name.entities).length - Object.keys(b.name.entities).length,
    );
}
