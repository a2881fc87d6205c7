import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { DecoderKind } from '../../../../shared/decoders.ts';
import { chooseEngine, type EngineRequest } from '../../../services/engines.ts';
import { evaluateSubject } from '../../../services/evaluate.ts';
import { collect, parquetOption, positiveInteger, seedOption } from '../options.ts';
import type { MakeTerminal } from '../terminal.ts';
import { withWorkspace } from '../with-workspace.ts';
import { withDecoder } from './decoder-option.ts';
import { subjectAndModel } from './subject-and-model.ts';

interface EvaluateOptions {
  readonly project: string;
  readonly engine: EngineRequest;
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
  readonly seed: number;
  readonly permutations: number;
  readonly gender?: string;
  readonly genderFaces: string;
  readonly imagined?: string;
  readonly candidate?: string[];
  readonly candidates?: string;
  readonly parquet: boolean;
}

export function addEvaluateCommand(program: Command, makeTerminal: MakeTerminal): void {
  withDecoder(subjectAndModel(program.command('evaluate')))
    .description('score what was decoded: identification, pictures, gender, imagery, regions')
    .option('--permutations <n>', 'permutations of the test faces', positiveInteger, 10000)
    .option('--gender <column=value>', 'label that stands for men, such as Male=1, in both sets of faces')
    .option('--gender-faces <name>', 'labelled face set from which the axis is taken', 'faces')
    .option('--imagined <stimulus>', 'the face that was imagined, as a path below the stimuli')
    .option('--candidate <stimulus>', 'a face that could have been imagined; may be given again', collect)
    .option('--candidates <file>', 'text file with one candidate a line')
    .addOption(parquetOption())
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Every score bears the name and version of its definition: docs/guide/scores.md.

Examples:
  fusiform evaluate --subject 01 --model vaegan --gender Male=1 --gender-faces faces -p study
  fusiform evaluate --subject 01 --model pca --imagined sub01/imagery/F0007.jpg --candidates candidates.txt -p study`,
    )
    .action((options: EvaluateOptions) =>
      withWorkspace(makeTerminal(), options.project, async (workspace, terminal) => {
        const { kind: engine } = await chooseEngine(options.engine);
        const [column, positive = '1'] = (options.gender ?? '').split('=');
        const candidates = [
          ...(options.candidate ?? []),
          ...(options.candidates
            ? (await readFile(options.candidates, 'utf8')).split(/\r?\n/).filter(Boolean)
            : []),
        ];
        const outcome = await evaluateSubject(workspace, {
          subject: options.subject,
          model: options.model,
          decoder: options.decoder,
          engine,
          seed: options.seed,
          nPermutations: options.permutations,
          ...(column ? { gender: { faces: options.genderFaces, column, positive } } : {}),
          ...(options.imagined ? { imagery: { imagined: options.imagined, candidates } } : {}),
          parquet: options.parquet,
        });
        terminal.outcome(outcome, ({ summary }) =>
          [
            summary.pairwise === null
              ? 'One test face: nothing to identify it among'
              : `Pairwise identification ${Number(summary.pairwise).toFixed(3)} (chance 0.5, permutation p = ${Number(summary.pairwiseP).toPrecision(2)}), ${summary.testFaces} test faces`,
            ...(summary.nWay === null
              ? []
              : [`Full ${summary.testFaces}-way identification ${Number(summary.nWay).toFixed(3)}`]),
            summary.pixCorr === null
              ? 'The pictures that were shown are not at hand: no SSIM, no pixel correlation'
              : `SSIM ${summary.ssim === null ? 'n/a (pictures too small)' : Number(summary.ssim).toFixed(3)}, pixel correlation ${Number(summary.pixCorr).toFixed(3)}`,
            'Every score of every region: scores.tsv, evaluation.json',
          ].join('\n'),
        );
      }),
    );
}
