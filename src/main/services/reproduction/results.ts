import { basename, extname, join } from 'node:path';
import { publishedDecoder } from '../../../shared/decoders.ts';
import type { GroupResult } from '../../../shared/group.ts';
import { type LearningCurve, type PointSelection, pointSelections } from '../../../shared/learning-curve.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { decodeImage } from '../../formats/image/decode.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { readDecoded } from '../../jobs/stages/decode-patterns.ts';
import { mean } from '../../math/statistics.ts';
import { learningCurveChart } from '../../jobs/stages/learning-curve-chart.ts';
import { percent, publishedText, range } from '../study/study-text.ts';
import { mappingName } from '../subjects.ts';
import type { Workspace } from '../workspace.ts';
import type { NoiseCalibration } from './calibrate-noise.ts';
import { kinds, modelConfig } from './settings.ts';

const modelNames = { vaegan: 'VAE-GAN', pca: 'PCA' } as const;

const curveFiles: Readonly<Record<PointSelection, string>> = {
  'own-runs': 'learning-curve.svg',
  'all-runs': 'learning-curve-all-runs.svg',
};

export interface ReproductionFindings {
  readonly calibration: NoiseCalibration;
  readonly group: GroupResult;
  readonly curves: readonly LearningCurve[];
}

/** Writes what came out: `reproduction.json`, the tables as `reproduction.md`, the learning curve and the faces as pictures. */
export async function writeResults(
  workspace: Workspace,
  outDir: string,
  findings: ReproductionFindings,
): Promise<void> {
  await writeJsonFile(join(outDir, 'reproduction.json'), findings);
  await writeFileAtomic(join(outDir, 'reproduction.md'), reproductionTables(findings));
  for (const [selection, file] of Object.entries(curveFiles)) {
    const curves = findings.curves.filter((curve) => curve.selection === selection);
    const named = curves.map((curve) => ({ ...curve, model: nameOf(curve.model) }));
    await writeFileAtomic(join(outDir, file), await learningCurveChart(named));
  }
  await writeFileAtomic(
    join(outDir, 'reconstructions.png'),
    await reconstructions(workspace, findings.group.subjects),
  );
}

/** The published table beside what came out, and the learning curve, in Markdown. */
export function reproductionTables({ group, curves, calibration }: ReproductionFindings): string {
  const cells = kinds.map((kind) => columnOf(group, kind, publishedDecoder));
  const rows = group.rows
    .filter((row) => cells.some((at) => (row.cells[at]?.n ?? 0) > 0))
    .map((row) => [
      row.label,
      ...cells.flatMap((at) => {
        const cell = row.cells[at];
        if (cell === undefined || cell.n === 0) return ['', ''];
        return [`${percent(cell.mean)} (${range(cell)})`, publishedText(cell)];
      }),
      row.chance === null ? '' : percent(row.chance),
    ]);
  const head = ['', ...kinds.flatMap((kind) => [modelNames[kind], 'published']), 'chance'];
  return [
    `Subjects: ${group.subjects.join(', ')}. Noise x ${calibration.noiseLevel}.`,
    '',
    markdown([head, ...rows]),
    '',
    ...pointSelections.flatMap((selection) => [
      `Voxels of a point selected on ${selectionNames[selection]}:`,
      '',
      learningTable(curves.filter((curve) => curve.selection === selection)),
      '',
    ]),
    ...decoderTable(group),
    '',
  ].join('\n');
}

function columnOf({ columns }: GroupResult, kind: string, of: string): number {
  return columns.findIndex(({ model, decoder }) => model === kind && decoder === of);
}

const selectionNames: Readonly<Record<PointSelection, string>> = {
  'own-runs': 'its own runs',
  'all-runs': 'all runs',
};

function learningTable(curves: readonly LearningCurve[]): string {
  const learning = requestedOf(curves).map((requested) => {
    const here = kinds.map((kind) =>
      curves
        .filter(({ model }) => model === kind)
        .flatMap((curve) => inAll(curve).filter((point) => point.requested === requested)),
    );
    const faces = here.flat().map(({ trainingFaces }) => trainingFaces);
    return [
      `${requested ?? 'all'} (${Math.min(...faces)} to ${Math.max(...faces)})`,
      ...here.flatMap((found) => {
        if (found.length === 0) return ['too few voxels', '0 of 0'];
        const values = found.map(({ pairwise }) => pairwise);
        const above = found.filter(({ pairwiseP }) => pairwiseP < 0.05).length;
        const spread = { min: Math.min(...values), max: Math.max(...values), n: values.length };
        return [`${percent(mean(values))} (${range(spread)})`, `${above} of ${found.length}`];
      }),
    ];
  });
  return markdown([
    [
      'training faces',
      ...kinds.flatMap((kind) => [`${modelNames[kind]}, pairwise`, 'above chance, p < 0.05']),
    ],
    ...learning,
  ]);
}

/** All selected voxels, decoder by decoder; nothing where there is one alone. */
function decoderTable(group: GroupResult): string[] {
  const decoders = [...new Set(group.columns.map(({ decoder }) => decoder))];
  if (decoders.length < 2) return [];
  const head = ['', ...kinds.flatMap((kind) => decoders.map((decoder) => `${modelNames[kind]}, ${decoder}`))];
  return [markdown([head, ...decoderRows(group, decoders)]), ''];
}

function decoderRows(group: GroupResult, decoders: readonly string[]): string[][] {
  const measures = group.rows.filter(({ region }) => region === 'all');
  return measures.map((row) => [
    row.label,
    ...kinds.flatMap((kind) =>
      decoders.map((decoder) => {
        const cell = row.cells[columnOf(group, kind, decoder)];
        return cell === undefined || cell.n === 0 ? '' : `${percent(cell.mean)} (${range(cell)})`;
      }),
    ),
  ]);
}

/** Numbers of training faces that were asked for, ascending, all of them last. */
function requestedOf(curves: readonly LearningCurve[]): (number | null)[] {
  const asked = new Set(curves.flatMap((curve) => inAll(curve).map(({ requested }) => requested)));
  return [...asked].sort((a, b) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY));
}

function inAll({ points }: LearningCurve) {
  return points.filter(({ region }) => region === 'all');
}

function nameOf(model: string): string {
  return model === 'vaegan' || model === 'pca' ? modelNames[model] : model;
}

function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const shownFaces = 10;

/** For each subject the faces shown, and what was decoded by each model: every other test face, men and women. */
async function reconstructions(workspace: Workspace, subjects: readonly string[]): Promise<Uint8Array> {
  const size = modelConfig.imageSize;
  const images: Uint8Array[] = [];
  const rows: string[] = [];
  for (const subject of subjects) {
    const of = (kind: 'decoding' | 'evaluation', model: string) =>
      workspace.entry(kind, mappingName(subject, model)).path;
    const { description } = await readDecoded(of('decoding', 'vaegan'));
    const shown = description.testFaces
      .filter((_, at) => at % Math.ceil(description.testFaces.length / shownFaces) === 0)
      .map((face) => `${basename(face, extname(face))}.png`);
    const folders = [
      [`${subject}: shown`, join(of('evaluation', 'vaegan'), 'original')],
      ...kinds.map((kind) => [modelNames[kind], join(of('decoding', kind), 'reconstructions')]),
    ] as const;
    for (const [name, folder] of folders) {
      rows.push(name);
      for (const file of shown) images.push((await decodeImage(join(folder, file))).pixels);
    }
  }
  return labelledGrid(images, {
    size,
    rows,
    columns: Array.from({ length: images.length / rows.length }, () => ''),
  });
}
