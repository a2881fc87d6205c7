import type { Json, JsonObject } from '../../../../shared/json.ts';
import type { LineageJob } from '../../../store/lineage.ts';
import {
  type Block,
  heading,
  numberColumn,
  type Section,
  tableBlock,
  text,
  textColumn,
} from '../document.ts';

/** Text for a methods section and all parameters, both from what the jobs were told: nothing here is a default of today. */
export function methodsSection(jobs: readonly LineageJob[]): Section {
  const parameters = jobs.flatMap(({ label, stage, parameters: own }) =>
    flatten(own).map(([name, value]) => ({ label, stage, name, value })),
  );
  return {
    id: 'methods',
    heading: 'Methods',
    blocks: [
      ...proseOf(jobs),
      tableBlock({
        name: 'parameters',
        caption: 'Every parameter of every step, as the step was told it.',
        folded: true,
        columns: [
          textColumn(parameters, 'job', 'step', ({ label }) => label),
          textColumn(parameters, 'stage', 'stage', ({ stage }) => stage),
          textColumn(parameters, 'parameter', 'parameter', ({ name }) => name),
          textColumn(parameters, 'value', 'value', ({ value }) => value),
        ],
      }),
      tableBlock({
        name: 'steps',
        caption: 'Steps in the order in which they were computed.',
        folded: true,
        columns: [
          textColumn(jobs, 'job', 'step', ({ label }) => label),
          textColumn(
            jobs,
            'stage',
            'stage and version',
            ({ stage, stageVersion }) => `${stage}/${stageVersion}`,
          ),
          textColumn(jobs, 'app_version', 'Fusiform', ({ appVersion }) => appVersion),
          textColumn(jobs, 'engine', 'engine', ({ summary }) => engineOf(summary)),
          numberColumn(jobs, 'seconds', 'time', 'seconds', ({ seconds }) => seconds),
          textColumn(jobs, 'finished', 'finished', ({ finishedAt }) => finishedAt),
          textColumn(jobs, 'key', 'key', ({ key }) => key),
          textColumn(jobs, 'artifact', 'result', ({ artifact }) => artifact),
        ],
      }),
    ],
  };
}

/** What a job was computed on; null for what needs no engine. */
export function engineOf(summary: JsonObject | null): string | null {
  const engine = summary?.computedOn as { kind: string; device: string; version: string } | undefined;
  return engine === undefined ? null : `${engine.kind}: ${engine.device}, ${engine.version}`;
}

/** Values by their path: `settings.highPass`. */
export function flatten(value: JsonObject, prefix = ''): [name: string, value: string][] {
  return Object.entries(value).flatMap(([key, part]): [string, string][] => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    return isObject(part) ? flatten(part, name) : [[name, asText(part)]];
  });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Lists of what was read are counted; the table of parameters has them whole. */
function brief(value: string): string {
  if (!value.startsWith('[') || value.length <= 120) return value;
  const entries = JSON.parse(value) as unknown[];
  return `${entries.length} entries`;
}

/** What a stage does, for a reader who knows the article and not the program. */
const says: Readonly<Record<string, readonly [title: string, sentence: string]>> = {
  'simulate-study': ['Simulation', 'The data were simulated.'],
  'import-faces': ['Pictures', 'Pictures were cropped to a share of their centre square and resized.'],
  'train-vaegan': [
    'VAE-GAN',
    'A variational autoencoder with a learned similarity metric (VAE-GAN) was trained on unlabelled faces.',
  ],
  'fit-pca': ['Principal components', 'The principal components of faces served as a second latent space.'],
  'import-model': ['Latent model', 'A latent model was imported.'],
  encode: ['Latents', 'Every picture was encoded by the latent model.'],
  'index-subject': ['Runs and roles', 'The runs were read, and each trial type was given its role.'],
  'stimulus-overlap': [
    'Training and test faces',
    'Test faces were compared with training faces: pictures that are the same are refused.',
  ],
  quality: ['Quality control', 'The quality of the runs was examined; nothing was left out because of it.'],
  'fit-encoding': [
    'Linear model',
    'One general linear model over all runs held fixation, the training face, its latents as parametric modulators, one regressor a test face, one-back repeats and imagery, with drift and confounds projected out of every run.',
  ],
  'voxel-statistics': [
    'Voxel statistics',
    'Each voxel was tested for its response to training faces and for the variance that the latents explain; the test faces, which have regressors of their own, took no part.',
  ],
  'fit-mapping': [
    'Voxels and mapping',
    'Voxels were chosen by two rules, and the weights of the latents in these voxels were kept together with the patterns of the test faces.',
  ],
  'decode-patterns': [
    'Decoding',
    "A test pattern y was decoded as x = y W'(W W')^-1 with the weights W of the latents and of the face, whose element was dropped (VanRullen & Reddy 2019).",
  ],
  evaluate: [
    'Scores',
    "Decoded codes were compared with the true ones by Pearson's r over the latents, pictures by structural similarity and pixel correlation.",
  ],
  'decoded-attributes': [
    'Attributes',
    'Attributes were read from true and decoded codes along axes that were learnt from labelled faces.',
  ],
  'attribute-axes': ['Axes of attributes', 'Axes of attributes were learnt from a labelled set of faces.'],
  'group-statistics': [
    'Group',
    'Subjects were put together: means and ranges, exact rank tests, binomial tests, and Friedman tests with post-hoc tests.',
  ],
};

/** A paragraph a stage, with all that it was told; jobs that were told the same share it. */
function proseOf(jobs: readonly LineageJob[]): Block[] {
  const stages = [...new Set(jobs.map(({ stage }) => stage))];
  return stages.flatMap((stage) => {
    const own = jobs.filter((job) => job.stage === stage);
    const [title, sentence] = says[stage] ?? [stage, 'This step was computed.'];
    const variants = [...Map.groupBy(own, ({ parameters }) => settingsText(parameters))];
    return [
      heading(title),
      text(
        [
          sentence,
          ...variants.map(([settings, same]) => {
            const which = variants.length > 1 ? `${same.map(({ label }) => label).join('; ')}: ` : '';
            return `${which}${settings === '' ? 'No parameters.' : `${settings}.`}${same.length === 1 ? countsOf(same[0].summary) : ''}`;
          }),
        ].join(' '),
      ),
    ];
  });
}

function settingsText(parameters: JsonObject): string {
  return flatten(parameters)
    .map(([name, value]) => `${name} = ${brief(value)}`)
    .join(', ');
}

/** The figures that a stage told of its result. */
function countsOf(summary: JsonObject | null): string {
  const numbers = Object.entries(summary ?? {}).filter(([, value]) => typeof value === 'number');
  if (numbers.length === 0) return '';
  return ` Result: ${numbers.map(([name, value]) => `${name} ${Number(Number(value).toPrecision(6))}`).join(', ')}.`;
}
