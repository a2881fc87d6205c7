import { cp, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import type { JsonObject } from '../../../../shared/json.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import { readImagery } from '../../../services/imagery.ts';
import { collect, parquetOption, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { withDecoder } from './decoder-option.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface ImageryOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly imagined?: string;
  readonly candidate?: string[];
  readonly candidates?: string;
  readonly trials: boolean;
  readonly allowNear: boolean;
  readonly seed: number;
  readonly parquet: boolean;
  readonly out?: string;
}

export function addImageryCommand(program: Command, makeTerminal: MakeTerminal): void {
  withDecoder(subjectAndModel(program.command('imagery')))
    .description('tell imagined faces from candidates, beside seen faces that are decoded in the same way')
    .option('--imagined <stimulus>', 'the face that was imagined, where the events do not name it')
    .option('--candidate <stimulus>', 'a face that could have been imagined; may be given again', collect)
    .option('--candidates <file>', 'text file with one candidate a line')
    .option('--no-trials', 'leave the runs alone: no sessions, no reliability, no ceiling of as many trials')
    .option('--allow-near', 'go on where candidates are nearly, not exactly, training pictures', false)
    .option('--out <dir>', 'also copy the tables and the chart there')
    .addOption(parquetOption())
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Candidates are paths below the stimuli, or bare file names; the imagined face is among them. The exact p of one imagined face among 20
is 0.05 at best.

Example:
  fusiform imagery --subject 01 --imagined sub01/imagery/F0007.jpg --candidates candidates.txt -p study`,
    )
    .action((options: ImageryOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { subject, model, decoder, imagined, trials, allowNear, seed, parquet } = options;
        const listed = options.candidates ? await readFile(options.candidates, 'utf8') : '';
        const { kind: engine } = await chooseEngine(options.engine);
        const outcome = await readImagery(workspace, {
          subject,
          model,
          decoder,
          candidates: [
            ...(options.candidate ?? []),
            ...listed
              .split(/\r?\n/)
              .map((line) => line.trim())
              .filter((line) => line !== ''),
          ],
          trials,
          allowNear,
          seed,
          engine,
          parquet,
          ...(imagined === undefined ? {} : { imagined }),
        });
        if (options.out !== undefined) await cp(outcome.path, resolve(options.out), { recursive: true });
        terminal.outcome(outcome, ({ summary }) => describe(summary));
      }),
    );
}

const figure = (value: unknown) => (typeof value === 'number' ? value.toFixed(3) : '');
const probability = (value: unknown) => (typeof value === 'number' ? value.toPrecision(2) : '');

function describe(summary: JsonObject): string {
  const list = (key: string) => summary[key] as readonly JsonObject[];
  const identified = [
    ['region', 'imagined', 'model', 'part', 'rank', 'pairwise', 'p', 'q'],
    ...list('identifications').map(({ region, imagined, model, part, label, rank, pairwise, p, q }) => [
      String(region),
      String(imagined),
      String(model),
      label === null ? String(part) : `${part} ${label}`,
      figure(rank),
      figure(pairwise),
      probability(p),
      probability(q),
    ]),
  ];
  const ceilings = [
    ['region', 'seen faces', 'n', 'pairwise', 'p', 'imagery reaches'],
    ...list('ceilings').map(({ region, trials, n, pairwise, p, transfer }) => [
      String(region),
      `${trials} trials`,
      String(n),
      figure(pairwise),
      probability(p),
      figure(transfer),
    ]),
  ];
  const reliability = [
    ['region', 'kind', 'n', 'r of halves', 'Spearman-Brown'],
    ...list('reliability').map(({ region, kind, n, r, spearmanBrown }) => [
      String(region),
      String(kind),
      String(n),
      figure(r),
      figure(spearmanBrown),
    ]),
  ];
  return [identified, ceilings, reliability]
    .filter((rows) => rows.length > 1)
    .map((rows) => table(rows))
    .join('\n\n');
}
