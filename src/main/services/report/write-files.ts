import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chartSvg } from '../../formats/chart/svg.ts';
import { svgToPdf } from '../../formats/chart/svg-to-pdf.ts';
import { copyFileAtomic, writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { rasterise } from '../../formats/image/rasterise.ts';
import { writeTable } from '../../formats/table/write.ts';
import { partsOf, type Report, type ReportFigure, type ReportTable } from './document.ts';
import { renderPage } from './render-page.ts';

export interface WrittenReport {
  readonly page: string;
  /** Names of tables in `tables/`: each is there as CSV, TSV with a description, and Parquet. */
  readonly tables: readonly string[];
  /** Names of figures in `figures/`: each is there as SVG, PNG and PDF. */
  readonly figures: readonly string[];
}

/** Pixels for each of a drawing's: enough for print. */
const pngScale = 3;

/**
 * Writes a report into a folder: `report.html`, and every table and figure of it as files beside it. What another report left
 * in `tables/` and `figures/` is removed.
 *
 * @throws FusiformError DISK_FULL, WRITE_FAILED, JOB_CANCELLED
 */
export async function writeReport(
  report: Report,
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<WrittenReport> {
  const { tables, figures } = partsOf(report);
  const { attachments } = report;
  const page = join(folder, 'report.html');
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(page, await renderPage(report));
  for (const { name, path } of attachments) await copyFileAtomic(path, join(folder, name));
  await emptyFolder(join(folder, 'tables'));
  for (const table of tables) {
    signal.throwIfAborted();
    await writeReportTable(table, join(folder, 'tables'));
  }
  await emptyFolder(join(folder, 'figures'));
  for (const figure of figures) {
    signal.throwIfAborted();
    await writeFigure(figure, join(folder, 'figures'));
  }
  return { page, tables: tables.map(({ name }) => name), figures: figures.map(({ name }) => name) };
}

async function emptyFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
}

async function writeReportTable({ name, columns }: ReportTable, folder: string): Promise<void> {
  await writeTable(join(folder, name), columns, ['tsv', 'csv', 'parquet']);
}

async function writeFigure({ name, drawing, alt }: ReportFigure, folder: string): Promise<void> {
  const svg = 'svg' in drawing ? drawing.svg : await chartSvg(drawing, 'printed');
  await writeFileAtomic(join(folder, `${name}.svg`), svg);
  await writeFileAtomic(
    join(folder, `${name}.png`),
    await rasterise(svg, { background: '#fff', scale: pngScale }),
  );
  await writeFileAtomic(join(folder, `${name}.pdf`), await svgToPdf(svg, alt));
}
