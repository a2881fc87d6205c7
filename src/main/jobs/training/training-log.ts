import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { parseTable } from '../../formats/tsv/table.ts';
import { formatTsv } from '../../formats/tsv/write.ts';
import { type LossRow, lossColumns, lossRowOfCells } from '../../generative/vaegan/loss-history.ts';

/** How well a model in training reconstructs faces that it is not trained on. */
export interface EvaluationRow {
  readonly step: number;
  readonly faces: number;
  readonly ssim: number;
  readonly pixCorr: number;
  /** The same of principal components of the same number, fitted on the same training faces; null without. */
  readonly pcaSsim: number | null;
  readonly pcaPixCorr: number | null;
  readonly activeLatents: number;
}

export const evaluationColumns = [
  'step',
  'faces',
  'ssim',
  'pixCorr',
  'pcaSsim',
  'pcaPixCorr',
  'activeLatents',
] as const satisfies readonly (keyof EvaluationRow)[];

export const logFiles = {
  history: 'history.tsv',
  evaluations: 'evaluations.tsv',
  grids: 'grids',
  page: 'training.html',
} as const;

export function gridName(step: number): string {
  return `step-${String(step).padStart(8, '0')}.png`;
}

/**
 * What a training tells while it runs, in files that grow: the losses of every step, the held-out scores and the
 * pictures. On a resume they are cut back to the step of the checkpoint, so that the training goes on writing where
 * it goes on computing: in the end no step is missing and none stands there twice.
 */
export class TrainingLog {
  readonly folder: string;
  readonly history: LossRow[];
  readonly evaluations: EvaluationRow[];
  readonly #historyFile: number;
  readonly #evaluationFile: number;

  private constructor(folder: string, history: LossRow[], evaluations: EvaluationRow[]) {
    this.folder = folder;
    this.history = history;
    this.evaluations = evaluations;
    this.#historyFile = openSync(join(folder, logFiles.history), 'a');
    this.#evaluationFile = openSync(join(folder, logFiles.evaluations), 'a');
  }

  /**
   * @param step of the checkpoint that the training goes on from; 0 for a new one.
   * @param tail the rows that the checkpoint holds itself: they take the place of rows that a power cut ate.
   */
  static async open(folder: string, step: number, tail: readonly LossRow[] = []): Promise<TrainingLog> {
    await mkdir(join(folder, logFiles.grids), { recursive: true });
    const rows = new Map(tail.map((row) => [row.step, row]));
    for (const row of await readHistory(folder)) if (row.step <= step) rows.set(row.step, row);
    const history = [...rows.values()].sort((a, b) => a.step - b.step);
    const evaluations = (await readEvaluations(folder)).filter((row) => row.step <= step);
    await writeFileAtomic(join(folder, logFiles.history), formatTsv(lossColumns, history.map(lossCells)));
    await writeFileAtomic(
      join(folder, logFiles.evaluations),
      formatTsv(evaluationColumns, evaluations.map(evaluationCells)),
    );
    const kept = new Set(evaluations.map((row) => gridName(row.step)));
    for (const name of await readdir(join(folder, logFiles.grids))) {
      if (!kept.has(name)) await rm(join(folder, logFiles.grids, name));
    }
    return new TrainingLog(folder, history, evaluations);
  }

  step(row: LossRow): void {
    this.history.push(row);
    writeSync(this.#historyFile, lineOf(lossCells(row)));
  }

  async evaluation(row: EvaluationRow, grid: Uint8Array): Promise<void> {
    await writeFileAtomic(join(this.folder, logFiles.grids, gridName(row.step)), grid);
    this.evaluations.push(row);
    writeSync(this.#evaluationFile, lineOf(evaluationCells(row)));
  }

  /** To be called before a checkpoint is written: what it counts as done must be on the disk. */
  flush(): void {
    fsyncSync(this.#historyFile);
    fsyncSync(this.#evaluationFile);
  }

  close(): void {
    closeSync(this.#historyFile);
    closeSync(this.#evaluationFile);
  }

  /** Copies the page, the tables and the pictures to the artefact. */
  async copyTo(outDir: string): Promise<void> {
    for (const name of [logFiles.page, logFiles.history, logFiles.evaluations]) {
      await copyFile(join(this.folder, name), join(outDir, name));
    }
    await cp(join(this.folder, logFiles.grids), join(outDir, logFiles.grids), { recursive: true });
  }
}

/** The losses in a folder; a last line that a kill cut off is left out. */
export async function readHistory(folder: string): Promise<LossRow[]> {
  return (await readLines(join(folder, logFiles.history))).map(lossRowOfCells);
}

export async function readEvaluations(folder: string): Promise<EvaluationRow[]> {
  const orNull = (cell: string) => (cell === 'n/a' ? null : Number(cell));
  return (await readLines(join(folder, logFiles.evaluations))).map((cells) => ({
    step: Number(cells.step),
    faces: Number(cells.faces),
    ssim: Number(cells.ssim),
    pixCorr: Number(cells.pixCorr),
    pcaSsim: orNull(cells.pcaSsim),
    pcaPixCorr: orNull(cells.pcaPixCorr),
    activeLatents: Number(cells.activeLatents),
  }));
}

async function readLines(path: string): Promise<Readonly<Record<string, string>>[]> {
  if (!existsSync(path)) return [];
  const text = await readFile(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole === '' ? [] : parseTable(whole, path).rows.map(({ values }) => values);
}

function lossCells(row: LossRow) {
  return lossColumns.map((column) => row[column]);
}

function evaluationCells(row: EvaluationRow) {
  return evaluationColumns.map((column) => row[column]);
}

function lineOf(cells: readonly (string | number | boolean | null)[]): string {
  const names = cells.map((_, at) => String(at));
  const text = formatTsv(names, [cells]);
  return text.slice(text.indexOf('\n') + 1);
}
