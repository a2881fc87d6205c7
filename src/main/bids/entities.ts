/** The parts of a BIDS file name, such as `sub-01_ses-01_task-faces_run-01_bold.nii.gz`. */
export interface BidsName {
  /** By BIDS's short keys: sub, ses, task, run, space, desc... */
  readonly entities: Readonly<Record<string, string>>;
  readonly suffix: string;
  /** With its first dot: `.nii.gz`. */
  readonly extension: string;
}

/** The order in which BIDS writes entities; keys that it does not know follow in the order given. */
const entityOrder = [
  ...[
    'sub',
    'ses',
    'sample',
    'task',
    'tracksys',
    'acq',
    'ce',
    'trc',
    'stain',
    'rec',
    'dir',
    'run',
    'mod',
    'echo',
  ],
  ...[
    'flip',
    'inv',
    'mt',
    'part',
    'proc',
    'hemi',
    'space',
    'split',
    'recording',
    'chunk',
    'seg',
    'res',
    'den',
    'label',
  ],
  'desc',
];

/** @returns null for a name that does not follow BIDS. */
export function parseBidsName(fileName: string): BidsName | null {
  const dot = fileName.indexOf('.');
  const stem = dot < 0 ? fileName : fileName.slice(0, dot);
  const parts = stem.split('_');
  const suffix = parts.pop() ?? '';
  if (!/^[a-zA-Z0-9]+$/.test(suffix)) return null;
  const entities: Record<string, string> = {};
  for (const part of parts) {
    const [, key, value] = /^([a-zA-Z]+)-([a-zA-Z0-9+]+)$/.exec(part) ?? [];
    if (key === undefined || Object.hasOwn(entities, key)) return null;
    entities[key] = value;
  }
  return { entities, suffix, extension: dot < 0 ? '' : fileName.slice(dot) };
}

/** The file name of entities (in BIDS's order), suffix and extension. */
export function formatBidsName({ entities, suffix, extension }: BidsName): string {
  const rank = (key: string): number => {
    const position = entityOrder.indexOf(key);
    return position < 0 ? entityOrder.length : position;
  };
  const parts = Object.entries(entities)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, value]) => `${key}-${value}`);
  return `${[...parts, suffix].join('_')}${extension}`;
}

/** A label as BIDS stores it, from what a user may type: `sub-01` and `01` are the same. */
export function bareLabel(label: string, key: string): string {
  return label.startsWith(`${key}-`) ? label.slice(key.length + 1) : label;
}

/** Whether two labels mean the same; those that are whole numbers are compared as such (`run-1` and `run-01`). */
export function sameLabel(a: string, b: string): boolean {
  return a === b || (/^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) === Number(b));
}
