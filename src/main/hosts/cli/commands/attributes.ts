import { cp } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import type { JsonObject } from '../../../../shared/json.ts';
import {
  type DecodedAttributesRequest,
  moveDecodedFaces,
  readDecodedAttributes,
} from '../../../services/decoded-attributes.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import type { StageOutcome } from '../../../services/workspace.ts';
import { type LabelOptions, withLabels } from '../label-options.ts';
import { collect, parquetOption, positiveInteger, positiveNumber, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { withDecoder } from './decoder-option.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface LearningOptions extends LabelOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly faces: string;
  readonly labels?: string;
  readonly seed: number;
  readonly out?: string;
}

interface ReadOptions extends LearningOptions {
  readonly permutations: number;
  readonly parquet: boolean;
}

interface MoveOptions extends LearningOptions {
  readonly attribute: string;
  readonly along: 'axis' | 'classifier';
  readonly region?: string;
  readonly face?: string[];
  readonly steps: number;
  readonly range: number;
}

export function addAttributesCommands(program: Command, makeTerminal: MakeTerminal): void {
  const attributes = program
    .command('attributes')
    .description('gender and every other attribute of a table of labels, read from decoded codes');

  withLearning(attributes.command('read', { isDefault: true }))
    .description('read every attribute from true and decoded codes, region by region, with tests')
    .option(
      '--permutations <n>',
      'permutations for numbers (those for classes are exact)',
      positiveInteger,
      10000,
    )
    .addOption(parquetOption())
    .addHelpText(
      'after',
      `
Rules: axis-origin is the published one (sign of the projection on the difference of the class means), axis-midpoint parts
half way between the means, classifier is a linear discriminant of its own, classifier-balanced the same parted half way.

Examples:
  fusiform attributes --subject 01 --model vaegan --faces celeba --group identity -p study
  fusiform attributes --subject 01 --columns Male,Smiling --decoder ridge --parquet -p study`,
    )
    .action((options: ReadOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { permutations: nPermutations, parquet } = options;
        const request = { ...(await learning(options)), nPermutations, parquet };
        const outcome = await readDecodedAttributes(workspace, request);
        await copyOut(outcome, options.out);
        terminal.outcome(outcome, ({ summary }) => describeReadings(summary));
      }),
    );

  withLearning(attributes.command('move'))
    .description('pictures of decoded faces moved along an attribute')
    .requiredOption('--attribute <column=value>', 'the attribute, such as Male=1')
    .addOption(
      new Option('--along <direction>', 'the difference of the class means, or the classifier')
        .choices(['axis', 'classifier'])
        .default('axis'),
    )
    .option('--region <name>', 'decoded from this region (default: all voxels)')
    .option('--face <stimulus>', 'a test face to move (default: all); may be given again', collect)
    .option('--steps <n>', 'pictures a face', positiveInteger, 5)
    .option('--range <distance>', 'furthest step, in distances between the class means', positiveNumber, 2)
    .addHelpText(
      'after',
      `
Example:
  fusiform attributes move --subject 01 --attribute Male=1 --faces celeba --out pictures -p study`,
    )
    .action((options: MoveOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { attribute, along: direction, region, face: testFaces, steps, range } = options;
        const outcome = await moveDecodedFaces(workspace, {
          ...(await learning(options)),
          nPermutations: 1,
          attribute,
          direction,
          steps,
          range,
          ...(region === undefined ? {} : { region }),
          ...(testFaces === undefined ? {} : { testFaces }),
        });
        await copyOut(outcome, options.out);
        terminal.outcome(
          outcome,
          ({ summary }) => `${summary.faces} decoded faces moved along ${summary.attribute}: moved.png`,
        );
      }),
    );
}

function withLearning(command: Command): Command {
  return withLabels(
    withDecoder(subjectAndModel(command))
      .option('--faces <name>', 'labelled face set from which attributes are learnt', 'faces')
      .option('--labels <file>', 'labels of the test faces (default: those of the stimuli)'),
  )
    .option('--out <dir>', 'also copy the tables and pictures there')
    .addOption(seedOption());
}

async function learning(options: LearningOptions): Promise<Omit<DecodedAttributesRequest, 'nPermutations'>> {
  const { kind: engine } = await chooseEngine(options.engine);
  const { subject, model, decoder, faces, labels, columns, numbers, classes, group, folds, seed } = options;
  return {
    subject,
    model,
    decoder,
    faces,
    numbers,
    classes,
    folds,
    seed,
    engine,
    ...(labels === undefined ? {} : { labels }),
    ...(columns === undefined ? {} : { columns }),
    ...(group === undefined ? {} : { group }),
  };
}

async function copyOut({ path }: StageOutcome, out: string | undefined): Promise<void> {
  if (out !== undefined) await cp(path, resolve(out), { recursive: true });
}

const figure = (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '');
const probability = (value: unknown) => (typeof value === 'number' ? value.toPrecision(2) : '');

/** Accuracy as published and balanced accuracy of the classifier, a row an attribute and region. */
function describeReadings(summary: JsonObject): string {
  const readings = summary.readings as readonly JsonObject[];
  const heading = [
    'attribute',
    'codes',
    'n',
    'larger',
    'published',
    'p',
    'midpoint',
    'balanced',
    'classifier',
    'AUC',
    'p',
    'q',
  ];
  const groups = Map.groupBy(readings, ({ attribute, region }) => `${attribute}\n${region}`);
  const rows = [...groups.values()].map((group) => {
    const of = (rule: string) => group.find((reading) => reading.rule === rule) ?? {};
    const first = group[0];
    const isNumber = first.kind === 'number';
    const best = of(isNumber ? 'classifier' : 'classifier-balanced');
    return [
      String(first.attribute),
      String(first.region ?? 'true'),
      String(first.n),
      figure(first.majority),
      isNumber ? `r ${figure(of('axis-midpoint').r)}` : figure(of('axis-origin').accuracy),
      probability(isNumber ? of('axis-midpoint').pPermutation : of('axis-origin').pBinomial),
      figure(of('axis-midpoint').accuracy),
      figure(of('axis-midpoint').balancedAccuracy),
      isNumber ? `r ${figure(best.r)}` : figure(best.balancedAccuracy),
      figure(best.auc),
      probability(best.pPermutation),
      probability(best.q),
    ];
  });
  const refused = (summary.notJudged as readonly JsonObject[]).map(
    ({ attribute, reason }) => `not judged: ${attribute} (${reason})`,
  );
  return [
    table([heading, ...rows]),
    'published, midpoint: accuracy by the axis; balanced, classifier: balanced accuracy (chance 0.5) by the axis and the classifier',
    ...refused,
    'Every rule with its tests: readings.tsv; chart: attributes.svg',
  ].join('\n');
}
