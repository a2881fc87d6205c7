import { dirname, join, relative } from 'node:path';
import { appVersion } from '../../../shared/version.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { type NiftiToWrite, niftiIntents, writeNifti } from '../../formats/nifti/write.ts';
import { type TableFormat, writeTable } from '../../formats/table/write.ts';
import {
  fStatistics,
  fTails,
  pValues,
  type RowsEstimate,
  tStatistics,
  zStatistics,
} from '../../glm/contrast.ts';
import type { Design } from '../../glm/design.ts';
import { type Mask, unmask } from '../../imaging/mask.ts';
import type { Matrix } from '../../math/matrix.ts';

/** One map of a contrast or of a model. */
interface StatMap {
  readonly stat: string;
  readonly values: ArrayLike<number>;
  readonly intent?: NonNullable<NiftiToWrite['intent']>;
  readonly describe: string;
  readonly units: string;
}

const imageUnits = 'of the images';
const unitless = 'unitless';

/** The maps of a t contrast, or of an F contrast of several rows. */
export function contrastMaps(estimate: RowsEstimate, kind: 't' | 'F'): StatMap[] {
  return kind === 't' ? tMaps(estimate) : fMaps(estimate);
}

function tMaps({ effects, covariances, dof }: RowsEstimate): StatMap[] {
  const estimate = { effect: effects, variance: covariances, dof };
  return [
    {
      stat: 'effect',
      values: effects,
      intent: { code: niftiIntents.estimate },
      describe: 'Effect: the weighted sum of coefficients',
      units: imageUnits,
    },
    {
      stat: 'variance',
      values: covariances,
      intent: { code: niftiIntents.estimate },
      describe: 'Variance of the effect',
      units: `${imageUnits}, squared`,
    },
    {
      stat: 't',
      values: tStatistics(estimate),
      intent: { code: niftiIntents.t, parameters: [dof, 0, 0] },
      describe: "Student's t of the effect",
      units: unitless,
    },
    {
      stat: 'z',
      values: zStatistics(estimate),
      intent: { code: niftiIntents.z },
      describe: 'z of the same tail as t',
      units: unitless,
    },
    {
      stat: 'p',
      values: pValues(estimate),
      intent: { code: niftiIntents.p },
      describe: 'Probability of a larger t by chance (one-sided, not corrected)',
      units: unitless,
    },
  ];
}

function fMaps(estimate: RowsEstimate): StatMap[] {
  const f = fStatistics(estimate);
  const { p, z } = fTails(f, estimate);
  return [
    {
      stat: 'F',
      values: f,
      intent: { code: niftiIntents.f, parameters: [estimate.nRows, estimate.dof, 0] },
      describe: 'F of the rows together',
      units: unitless,
    },
    {
      stat: 'z',
      values: z,
      intent: { code: niftiIntents.z },
      describe: 'z of the same upper tail as F',
      units: unitless,
    },
    {
      stat: 'p',
      values: p,
      intent: { code: niftiIntents.p },
      describe: 'Probability of a larger F by chance (not corrected)',
      units: unitless,
    },
  ];
}

/** Writes maps under BIDS names, each with its sidecar. @returns file names by statistic */
export async function writeStatMaps(
  outDir: string,
  stem: string,
  maps: readonly StatMap[],
  mask: Mask,
  sidecar: Readonly<Record<string, unknown>>,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { stat, values, intent, describe, units } of maps) {
    const { grid, data } = unmask(Float32Array.from(values), mask);
    const name = `${stem}_stat-${stat}_statmap`;
    files[stat] = `${name}.nii.gz`;
    await writeNifti(join(outDir, files[stat]), {
      grid,
      data,
      ...(intent === undefined ? {} : { intent }),
      description: `${stat}: ${stem}`.slice(0, 79),
    });
    await writeJsonFile(join(outDir, `${name}.json`), {
      Description: `${describe}.`,
      Statistic: stat,
      Units: units,
      OutsideMask: 0,
      ...sidecar,
    });
  }
  return files;
}

/** The weights of a contrast by column, zeros left out: one object a row. */
export function weightsByColumn(rows: Matrix, names: readonly string[]): Record<string, number>[] {
  return Array.from({ length: rows.rows }, (_, r) =>
    Object.fromEntries(
      names.flatMap((name, i): [string, number][] => {
        const weight = rows.data[r * rows.cols + i];
        return weight === 0 ? [] : [[name, weight]];
      }),
    ),
  );
}

/** The design of a run as a table, a column a regressor, and beside it what each column is. */
export async function writeDesign(
  outDir: string,
  run: string,
  { names, roles, columns }: Design,
  tR: number,
  formats: readonly TableFormat[],
): Promise<void> {
  const { rows, cols, data } = columns;
  const table = names.map((name, column) => ({
    name,
    type: 'double' as const,
    values: Float64Array.from({ length: rows }, (_, row) => data[row * cols + column]),
  }));
  await writeTable(join(outDir, `${run}_design`), table, formats);
  await writeJsonFile(join(outDir, `${run}_design.json`), {
    Description: 'Design matrix: a row a volume, a column a regressor.',
    RepetitionTime: tR,
    Columns: Object.fromEntries(names.map((name, i) => [name, { Role: roles[i] }])),
  });
}

/**
 * What makes the folder a BIDS derivative: dataset_description.json and README.
 * @param images the runs' images, as they lie in their dataset
 */
export async function writeDerivativeDescription(
  outDir: string,
  images: readonly string[],
  readme: string,
): Promise<void> {
  const root = datasetRoot(images[0]);
  await writeJsonFile(join(outDir, 'dataset_description.json'), {
    Name: 'Statistical maps',
    BIDSVersion: '1.10.0',
    DatasetType: 'derivative',
    GeneratedBy: [
      { Name: 'Fusiform', Version: appVersion, Description: 'General linear models of single subjects' },
    ],
    ...(root === null
      ? {}
      : { SourceDatasets: [{ URL: `file://${root}` }], DatasetLinks: { raw: `file://${root}` } }),
  });
  await writeFileAtomic(join(outDir, 'README'), new TextEncoder().encode(readme));
}

/** An image as BIDS writes a source: `bids:raw:sub-01/func/...`; its name alone where its dataset is not known. */
export function sourceOf(image: string): string {
  const root = datasetRoot(image);
  return root === null ? image : `bids:raw:${relative(root, image).replaceAll('\\', '/')}`;
}

/** The folder that holds the subject's. */
function datasetRoot(image: string): string | null {
  const at = image.search(/[\\/]sub-[^\\/]+[\\/]/);
  return at < 0 ? null : dirname(join(image.slice(0, at), 'x'));
}
