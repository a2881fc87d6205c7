import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VaeGanConfig } from '../../src/main/generative/vaegan/config.ts';
import { totalSteps } from '../../src/main/generative/vaegan/config.ts';
import { formatDuration } from '../../src/shared/progress-meter.ts';
import type { Comparison } from './measures.ts';
import type { Reading } from './readings.ts';

export interface StudyResults {
  readonly config: VaeGanConfig;
  readonly engine: string;
  readonly seed: number;
  readonly trainingFaces: number;
  readonly heldOutFaces: number;
  readonly trainingSeconds: number;
  readonly comparisons: readonly Comparison[];
  readonly readings: Readonly<Record<'vaegan' | 'pca', readonly Reading[]>>;
}

/** Leaves `study.json` and `study.md`; returns the latter. */
export async function writeReport(outDir: string, results: StudyResults): Promise<string> {
  const { config, trainingFaces, heldOutFaces, engine, trainingSeconds, seed } = results;
  const { warmupSteps, adversarialSteps, batchSize } = config.schedule;
  const text = [
    `${trainingFaces} training faces, ${heldOutFaces} held out (seed ${seed}); ${config.imageSize} pixels, ${config.latentDim} latents.`,
    `VAE-GAN: ${totalSteps(config)} steps (${warmupSteps} + ${adversarialSteps}) of ${batchSize} faces on the ${engine} engine, ${formatDuration(trainingSeconds)} since its last start.`,
    '',
    comparisonTable(results.comparisons),
    '',
    readingTable(results.readings),
    '',
  ].join('\n');
  await writeFile(join(outDir, 'study.json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(outDir, 'study.md'), text);
  return text;
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((row) => {
    const { name, eye, better, means, intervals, difference, differenceInterval } = row;
    const shown = (model: string) => `${figure(means[model])} (${intervals[model].map(figure).join(' to ')})`;
    return [
      eye,
      `${name}, ${better} is better`,
      shown('vaegan'),
      shown('pca'),
      `${figure(difference)} (${differenceInterval.map(figure).join(' to ')})`,
      verdict(row),
    ];
  });
  return markdownTable(['seen by', 'measure', 'VAE-GAN', 'PCA', 'difference', 'better'], rows);
}

function verdict({ better, differenceInterval: [low, high] }: Comparison): string {
  if (low <= 0 && high >= 0) return 'neither';
  return (better === 'higher') === low > 0 ? 'VAE-GAN' : 'PCA';
}

/** Things that are read twice, as a side and as a number, share a row. */
function readingTable({ vaegan, pca }: StudyResults['readings']): string {
  const names = [...new Set(vaegan.map(({ name }) => name))];
  const percent = (share: number | null | undefined) =>
    share === null || share === undefined ? '' : `${(100 * share).toFixed(1)} %`;
  const rows = names.map((name) => {
    const of = (readings: readonly Reading[]) => readings.filter((reading) => reading.name === name);
    const side = (readings: readonly Reading[]) => of(readings).find(({ accuracy }) => accuracy !== null);
    const r = (readings: readonly Reading[]) => of(readings).find((reading) => reading.r !== null)?.r;
    return [
      name,
      percent(side(vaegan)?.accuracy),
      percent(side(vaegan)?.axisAccuracy),
      percent(side(pca)?.accuracy),
      percent(side(vaegan)?.majority),
      r(vaegan)?.toFixed(3) ?? '',
      r(pca)?.toFixed(3) ?? '',
    ];
  });
  return markdownTable(
    ['attribute', 'VAE-GAN', 'published axis', 'PCA', 'larger class', 'r, VAE-GAN', 'r, PCA'],
    rows,
  );
}

function figure(value: number): string {
  return value.toFixed(3);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
