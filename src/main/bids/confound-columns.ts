import { FusiformError } from '../../shared/errors.ts';

/** Names of fMRIPrep before version 1.2, by today's names. */
const oldNames: Readonly<Record<string, string>> = {
  trans_x: 'X',
  trans_y: 'Y',
  trans_z: 'Z',
  rot_x: 'RotX',
  rot_y: 'RotY',
  rot_z: 'RotZ',
  csf: 'CSF',
  white_matter: 'WhiteMatter',
  global_signal: 'GlobalSignal',
  framewise_displacement: 'FramewiseDisplacement',
  std_dvars: 'stdDVARS',
  dvars: 'non-stdDVARS',
};

/** Beginnings of numbered columns, today's and of old. */
const oldBeginnings: readonly (readonly [now: string, old: string])[] = [
  ['a_comp_cor_', 'aCompCor'],
  ['t_comp_cor_', 'tCompCor'],
  ['cosine', 'Cosine'],
  ['non_steady_state_outlier', 'NonSteadyStateOutlier'],
  ['aroma_motion_', 'AROMAAggrComp'],
];

/** The column that a name of fMRIPrep means in this table, under its present name or that of old. */
export function findColumn(columns: readonly string[], name: string): string | undefined {
  if (columns.includes(name)) return name;
  const old = oldNames[name];
  return old !== undefined && columns.includes(old) ? old : undefined;
}

/**
 * The columns that names and patterns mean, each once, in the order asked for and, within a pattern, in the table's.
 * `*` stands for any characters, `?` for one; patterns with today's names of fMRIPrep also find those of old.
 *
 * @throws FusiformError TABLE_COLUMN_UNKNOWN where a name or a pattern finds nothing
 */
export function matchColumns(columns: readonly string[], wanted: readonly string[], file: string): string[] {
  const found = wanted.flatMap((pattern) => {
    const exact = findColumn(columns, pattern);
    if (exact !== undefined) return [exact];
    const matched = /[*?]/.test(pattern) ? columns.filter(matcher(pattern)) : [];
    if (matched.length > 0) return matched;
    throw unknownColumn(pattern, columns, file);
  });
  return [...new Set(found)];
}

function matcher(pattern: string): (column: string) => boolean {
  const patterns = [pattern];
  for (const [now, old] of oldBeginnings) {
    if (pattern.startsWith(now)) patterns.push(old + pattern.slice(now.length));
  }
  const expressions = patterns.map((text) => {
    const escaped = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  });
  return (column) => expressions.some((expression) => expression.test(column));
}

export function unknownColumn(name: string, columns: readonly string[], file: string): FusiformError {
  return new FusiformError(
    'TABLE_COLUMN_UNKNOWN',
    `The table has no column "${name}"; it has ${columns.map((column) => `"${column}"`).join(', ')}.`,
    { file, line: 1, details: { column: name, columns } },
  );
}

/** Where the components of CompCor come from. `temporal`: the voxels of largest variance (tCompCor). */
export type CompCorMask = 'combined' | 'csf' | 'white-matter' | 'csf-and-white-matter' | 'temporal';

/** What the table's sidecar says of its columns. */
export type ConfoundsSidecar = Readonly<Record<string, unknown>>;

/**
 * The first `count` components of CompCor from a mask, in order of the variance that they explain.
 *
 * Masks have columns of their own since fMRIPrep 21 (`c_comp_cor_00`, `w_comp_cor_00`; `a_comp_cor_00` are the combined
 * mask's); before, all are `a_comp_cor_00` and the sidecar's `Mask` tells them apart. Without a sidecar `a_comp_cor`
 * counts as the combined mask's.
 *
 * @throws FusiformError CONFOUNDS_COMPCOR where fewer than `count` components of the mask are found
 */
export function compCorColumns(
  columns: readonly string[],
  count: number,
  mask: CompCorMask,
  sidecar: ConfoundsSidecar | null,
  file: string,
): string[] {
  if (mask === 'csf-and-white-matter') {
    return [
      ...compCorColumns(columns, count, 'csf', sidecar, file),
      ...compCorColumns(columns, count, 'white-matter', sidecar, file),
    ];
  }
  const found = candidates(columns, mask, sidecar);
  if (found.length < count) {
    throw new FusiformError(
      'CONFOUNDS_COMPCOR',
      `The table has ${found.length} components of CompCor from the mask "${mask}", and ${count} are wanted.`,
      { file, details: { mask, found, wanted: count } },
    );
  }
  return found.slice(0, count);
}

function candidates(
  columns: readonly string[],
  mask: Exclude<CompCorMask, 'csf-and-white-matter'>,
  sidecar: ConfoundsSidecar | null,
): string[] {
  const numbered = (beginning: RegExp) => columns.filter((column) => beginning.test(column)).sort();
  if (mask === 'temporal') return numbered(/^(t_comp_cor_|tCompCor)\d+$/);
  if (mask !== 'combined') {
    const own = numbered(mask === 'csf' ? /^c_comp_cor_\d+$/ : /^w_comp_cor_\d+$/);
    if (own.length > 0) return own;
  }
  const anatomical = numbered(/^(a_comp_cor_|aCompCor)\d+$/);
  const maskOf = (column: string) => {
    const entry = sidecar?.[column];
    return typeof entry === 'object' && entry !== null && 'Mask' in entry
      ? String(entry.Mask).toLowerCase()
      : 'combined';
  };
  const label = { combined: 'combined', csf: 'csf', 'white-matter': 'wm' }[mask];
  return anatomical.filter((column) => maskOf(column) === label);
}
