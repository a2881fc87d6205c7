import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Preference, RatingSession, RatingSummary } from '../../../../shared/contract/rating.ts';
import { probabilityText } from '../../../../shared/score-sentence.ts';
import {
  createRatingSession,
  exportRatings,
  ratingSessions,
  ratingSummary,
} from '../../../services/rating/index.ts';
import { list, projectOption, seedOption } from '../options.ts';
import { type MakeTerminal, table } from '../terminal.ts';
import { viewWorkspace, withWorkspace } from '../with-workspace.ts';

interface CreateOptions {
  readonly project: string;
  readonly first: string;
  readonly second: string;
  readonly subjects?: readonly string[];
  readonly seed: number;
}

/** `fusiform rating`: sessions of human judgement; the rating itself is done in the application. */
export function addRatingCommands(program: Command, makeTerminal: MakeTerminal): void {
  const rating = program
    .command('rating')
    .description('which of two decoded pictures is more like the original, by human raters');

  rating
    .command('create')
    .description('make a session; it is rated in the application')
    .argument('<name>')
    .option('--first <model>', 'latent model, or model/decoder', 'vaegan')
    .option('--second <model>', 'the other', 'pca')
    .option('--subjects <labels>', 'by commas (default: all that both were decoded of)', list)
    .addOption(seedOption())
    .addOption(projectOption())
    .addHelpText(
      'after',
      `
Order and sides are drawn for each rater from the seed and the rater's name. Rating: \`fusiform serve\`, Evaluation, Rating.

Example:
  fusiform rating create preference --first vaegan --second pca -p study`,
    )
    .action((name: string, { project, first, second, subjects, seed }: CreateOptions) =>
      withWorkspace(makeTerminal(), project, async (workspace, terminal) => {
        const session = await createRatingSession(workspace, {
          name,
          first,
          second,
          seed,
          ...(subjects === undefined ? {} : { subjects }),
        });
        terminal.result(session, describeSession);
      }),
    );

  rating
    .command('list')
    .description('the sessions of a project, and who rated')
    .addOption(projectOption())
    .action(async ({ project }: { readonly project: string }) => {
      const sessions = await viewWorkspace(project, async (workspace) => ratingSessions(workspace));
      makeTerminal().result(sessions, (told) =>
        told.length === 0
          ? 'No session: `fusiform rating create NAME` makes one.'
          : told.map(describeSession).join('\n'),
      );
    });

  rating
    .command('summary')
    .description('which is preferred, tested; agreement of the raters')
    .argument('<name>')
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform rating summary preference -p study')
    .action(async (name: string, { project }: { readonly project: string }) => {
      const summary = await viewWorkspace(project, async (workspace) => ratingSummary(workspace, name));
      makeTerminal().result(summary, describeSummary);
    });

  rating
    .command('export')
    .description('every rating as a row of a table')
    .argument('<name>')
    .requiredOption('--out <file>', 'TSV to write; its columns are described in a JSON beside it')
    .addOption(projectOption())
    .addHelpText('after', '\nExample:\n  fusiform rating export preference --out ratings.tsv -p study')
    .action(async (name: string, { project, out }: { readonly project: string; readonly out: string }) => {
      const written = await viewWorkspace(project, (workspace) =>
        exportRatings(workspace, name, resolve(out)),
      );
      makeTerminal().result(written, ({ file, ratings }) => `${ratings} ratings: ${file}`);
    });
}

function describeSession({ name, first, second, comparisons, seed, raters }: RatingSession): string {
  const who =
    raters.map(({ rater, rated }) => `${rater} ${rated}/${comparisons}`).join(', ') || 'nobody rated yet';
  return `${name}: ${first} or ${second}, ${comparisons} comparisons, seed ${seed}; ${who}`;
}

function describeSummary(summary: RatingSummary): string {
  const { session, all, raters, subjects, overRaters, overFaces, agreement } = summary;
  if (all === null) return describeSession(session);
  const row = (name: string, { n, share, lower, upper, p }: Preference) => [
    name,
    String(n),
    share.toFixed(3),
    `${lower.toFixed(3)} to ${upper.toFixed(3)}`,
    p.toPrecision(2),
  ];
  const over = (of: string, found: RatingSummary['overRaters']) =>
    found === null
      ? []
      : [
          `Over ${found.n} ${of}: mean ${found.mean.toFixed(3)}, ${probabilityText(found.p)} (signed ranks, exact)`,
        ];
  return [
    describeSession(session),
    '',
    table([
      ['ratings', 'n', `prefer ${session.first}`, '95 % interval', 'p (chance 0.5)'],
      row('all', all),
      ...raters.map(({ rater, ...found }) => row(`rater ${rater}`, found)),
      ...subjects.map(({ subject, ...found }) => row(`subject ${subject}`, found)),
    ]),
    '',
    ...over('raters', overRaters),
    ...over('faces', overFaces),
    ...(agreement === null
      ? []
      : [
          `Agreement of ${agreement.nRaters} raters over ${agreement.nItems} faces: Fleiss' kappa ${agreement.kappa?.toFixed(3) ?? 'not defined (all said the same)'} (chance 0)`,
        ]),
  ].join('\n');
}
