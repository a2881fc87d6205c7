import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FigureFormat } from '../../../shared/contract/figures.ts';
import { svgToPdf } from '../../formats/chart/svg-to-pdf.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { rasterise } from '../../formats/image/rasterise.ts';

/** A figure before it is files. */
export interface Figure {
  /** Of its files, without their endings. */
  readonly name: string;
  readonly caption: string;
  /** Its pages, as SVG in points of 1/72 inch. */
  readonly pages: readonly string[];
  /** What it was made of, and how: what stands in the JSON file beside it. */
  readonly record: Readonly<Record<string, unknown>>;
}

export interface WriteOptions {
  readonly formats: readonly FigureFormat[];
  /** Pixels an inch of PNG. */
  readonly dpi: number;
  readonly isTransparent: boolean;
}

export interface WrittenFigure {
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly caption: string;
}

/**
 * Writes a figure into a folder, each page in each format, with its caption as text and its settings as JSON. The same figure is the
 * same bytes.
 *
 * @throws FusiformError DISK_FULL, WRITE_FAILED
 */
export async function writeFigure(
  { name, caption, pages, record }: Figure,
  folder: string,
  { formats, dpi, isTransparent }: WriteOptions,
): Promise<WrittenFigure> {
  await mkdir(folder, { recursive: true });
  const names: string[] = [];
  const write = async (file: string, content: string | Uint8Array) => {
    await writeFileAtomic(join(folder, file), content);
    names.push(file);
  };
  for (const [page, svg] of pages.entries()) {
    const base = pages.length === 1 ? name : `${name}-${String(page + 1).padStart(2, '0')}`;
    for (const format of formats) {
      if (format === 'svg') await write(`${base}.svg`, svg);
      else if (format === 'pdf') await write(`${base}.pdf`, await svgToPdf(svg, caption));
      else
        await write(
          `${base}.png`,
          await rasterise(svg, { background: isTransparent ? null : '#fff', scale: dpi / 72 }),
        );
    }
  }
  await write(`${name}.txt`, `${caption}\n`);
  await write(`${name}.json`, `${JSON.stringify({ ...record, dpi, formats }, null, 2)}\n`);
  const files = await Promise.all(
    names.map(async (file) => ({ name: file, bytes: (await stat(join(folder, file))).size })),
  );
  return { folder, files, caption };
}

/** The name of a folder for what is fetched from the host and not kept: the same request is the same folder. */
export function folderKey(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 32);
}
