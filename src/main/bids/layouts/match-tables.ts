import { basename } from 'node:path';
import type { ListedFile } from '../../formats/files/list.ts';
import { placeOf, runNumberOf, stemOf } from './loose.ts';

/** What a table is of, by the words in its name or in its folder's. */
const confoundWords = /confound|nuisance|motion|realign|regressors|^rp_|_mcf$|mcflirt/i;
const eventWords = /events?|onsets?|timing|design|trials|cond(itions?)?|log/i;
/** Tables of a study that are of no single run. */
const studyTables = /^(runs|participants|spm|labels|phenotype|readme|scans|sessions|.*_scans|.*_sessions)$/i;

type TableKind = 'events' | 'confounds';

interface LooseTable {
  readonly file: ListedFile;
  readonly kind: TableKind;
  /** Its name without the words for what it is: `run1` of `run1_events.tsv`. */
  readonly core: string;
  readonly place: string;
  readonly run: number | null;
}

/** Finds the tables of a run by its image's name, wherever below the root they lie. */
export class TableMatcher {
  readonly #tables: readonly LooseTable[];

  constructor(listed: readonly ListedFile[]) {
    this.#tables = listed.map(asTable).filter((table) => table !== null);
  }

  eventsFor(image: string, stem: string): ListedFile | null {
    return this.#find('events', image, stem);
  }

  confoundsFor(image: string, stem: string): ListedFile | null {
    return this.#find('confounds', image, stem);
  }

  /**
   * Of the tables in the same place (the subject's and session's folders): the one with the image's name, else the one
   * with the same run number, else the only one in the image's own folder.
   */
  #find(kind: TableKind, image: string, stem: string): ListedFile | null {
    const place = placeOf(image);
    const core = coreOf(stem);
    const run = runNumberOf(image, core);
    const near = this.#tables.filter((table) => table.kind === kind && table.place === place);
    const named = near.filter((table) => table.core === core && table.run === run);
    if (named.length > 0) return named[0].file;
    const numbered = run === null ? [] : near.filter((table) => table.run === run);
    if (numbered.length === 1) return numbered[0].file;
    const beside = near.filter(({ file }) => folderOf(file.relative) === folderOf(image));
    const isAlone = beside.length === 1 && (run === null || beside[0].run === null);
    return isAlone ? beside[0].file : null;
  }
}

function asTable(file: ListedFile): LooseTable | null {
  const [, extension] = /\.(tsv|csv|txt|par|1D|mat)$/i.exec(file.relative) ?? [];
  if (extension === undefined) return null;
  const stem = stemOf(file.relative);
  if (studyTables.test(stem)) return null;
  const parents = file.relative.split('/').slice(0, -1);
  const says = (words: RegExp): boolean => words.test(stem) || parents.some((parent) => words.test(parent));
  const isTable = /^(tsv|csv)$/i.test(extension);
  const kind: TableKind | null =
    /^(par|1D)$/i.test(extension) || says(confoundWords)
      ? 'confounds'
      : isTable || says(eventWords)
        ? 'events'
        : null;
  if (kind === null) return null;
  const core = coreOf(stem);
  return { file, kind, core, place: placeOf(file.relative), run: runNumberOf(file.relative, core) };
}

/** A name without the words that say what the file is, so that an image and its tables come out alike. */
function coreOf(stem: string): string {
  return stem
    .replace(/^(rp|events?|onsets?|timing|cond(itions?)?|confounds?|motion|bold|func|epi)[-_]/i, '')
    .replace(
      /([-_](events?|onsets?|timing|design|trials|cond(itions?)?|log|confounds?|nuisance|motion|regressors|mcf|bold|func|epi|desc-[a-zA-Z0-9]+|timeseries|preproc))+$/i,
      '',
    )
    .toLowerCase();
}

function folderOf(relative: string): string {
  return relative.slice(0, relative.length - basename(relative).length);
}
