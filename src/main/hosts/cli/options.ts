import { InvalidArgumentError, Option } from 'commander';

/** Options that several commands share, defined once. */
export const projectOption = () =>
  new Option('-p, --project <dir>', 'the project folder').env('FUSIFORM_PROJECT').default('.', 'this folder');

export const engineOption = () =>
  new Option('--engine <kind>', 'compute engine')
    .choices(['auto', 'native', 'webgpu', 'wasm'])
    .default('preferred', 'FUSIFORM_ENGINE, else as set by `engine use`, else auto');

export const seedOption = () =>
  new Option('--seed <n>', 'seed of all that is random').argParser(integer).default(1);

export const parquetOption = () =>
  new Option('--parquet', 'write the tables as Parquet too, beside the TSV').default(false);

export function integer(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('A whole number is needed.');
  return value;
}

export function positiveInteger(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('A whole number of at least 1 is needed.');
  return value;
}

export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('A number is needed.');
  return value;
}

export function positiveNumber(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('A number above 0 is needed.');
  return value;
}

export function fraction(text: string): number {
  const value = number(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('A number from 0 to 1 is needed.');
  return value;
}

export function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}

/** Names by commas. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Columns of a confounds table, by commas; `motion` stands for fMRIPrep's six parameters of rigid motion. */
export function confoundColumns(text: string | undefined): string[] {
  const motion = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'];
  return list(text ?? '').flatMap((name) => (name === 'motion' ? motion : [name]));
}
