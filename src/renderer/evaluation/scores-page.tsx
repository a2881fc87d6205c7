import { useQueries, useQuery } from '@tanstack/react-query';
import type { Metric } from '../../shared/evaluation.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { DefinitionButton } from './definition-button.tsx';
import type { PageProps } from './page-props.ts';
import { ScoreLine } from './score-line.tsx';
import type { Evaluated } from './use-evaluation.ts';

const ofCodes = ['pairwise', 'nWay'];
const ofPictures = ['ssim', 'ssimPublished', 'pixCorr'];
const ofGender = ['gender', 'genderPublished'];
const ceilings: Readonly<Record<string, string>> = {
  noiseCeiling: 'two halves of the runs told from one another',
  ownSsim: "the model's own reconstructions, structural similarity",
  ownSsimPublished: "the model's own reconstructions, structural similarity as MATLAB has it",
  ownPixCorr: "the model's own reconstructions, pixel correlation",
};

/** Every score of all selected voxels as a sentence, and models beside one another. */
export function ScoresPage({ of, scored }: PageProps) {
  const project = useProject().id;
  const metrics = useQuery(queries.evaluation.metrics.queryOptions({ input: { project, name: of.name } }));
  if (metrics.error) return <ProblemView error={metrics.error} />;
  if (metrics.data === undefined) return <p className="waiting">Reading ...</p>;
  const all = metrics.data.filter(({ region }) => region === 'all');
  const named = (names: readonly string[]) =>
    names.flatMap((wanted) => all.filter(({ name }) => name === wanted));
  const features = all.filter(({ name }) => name.startsWith('features:'));
  return (
    <>
      <Scores heading="Identification by codes" scores={named(ofCodes)} />
      <Scores
        heading="Retrieval"
        scores={all
          .filter(({ definition }) => definition === 'retrieval-pearson/1')
          .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))}
        titleOf={({ name }) => retrievalTitle(name)}
      />
      <Scores heading="Pictures" scores={named(ofPictures)} />
      {features.length > 0 && (
        <Scores
          heading="Features of pictures"
          scores={features}
          titleOf={({ name }) => `Two-way identification in ${name.split(':').slice(1).join(', ')}`}
        />
      )}
      <Scores
        heading="Ceilings: what perfect decoding would reach"
        scores={named(Object.keys(ceilings))}
        titleOf={({ name }) => `Ceiling: ${ceilings[name]}`}
      />
      {named(ofGender).length > 0 && <Scores heading="Gender" scores={named(ofGender)} />}
      <SideBySide of={of} scored={scored} />
    </>
  );
}

function retrievalTitle(name: string): string {
  const [, ways = '', top = ''] = /^retrieval(\d+)Top(\d+)$/.exec(name) ?? [];
  return top === '1' ? `First of ${ways}` : `Among the best ${top} of ${ways}`;
}

interface ScoresProps {
  readonly heading: string;
  readonly scores: readonly Metric[];
  readonly titleOf?: (score: Metric) => string;
}

function Scores({ heading, scores, titleOf }: ScoresProps) {
  if (scores.length === 0) return null;
  return (
    <section className="scores">
      <h2>{heading}</h2>
      {scores.map((score) => (
        <ScoreLine
          key={score.name}
          score={score}
          {...(titleOf === undefined ? {} : { title: titleOf(score) })}
        />
      ))}
    </section>
  );
}

const compared: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'pairwise', title: 'Pairwise identification' },
  { name: 'nWay', title: 'Full identification' },
  { name: 'ssim', title: 'Structural similarity' },
  { name: 'ssimPublished', title: "Structural similarity, MATLAB's" },
  { name: 'pixCorr', title: 'Pixel correlation' },
  { name: 'genderPublished', title: 'Gender, as published' },
];

/** The same scores of every model and decoder of the subject: VAE-GAN against PCA. */
function SideBySide({ of, scored }: PageProps) {
  const project = useProject().id;
  const columns = scored.filter(({ subject }) => subject === of.subject);
  const answers = useQueries({
    queries: columns.map(({ name }) => queries.evaluation.metrics.queryOptions({ input: { project, name } })),
  });
  if (columns.length < 2) return null;
  const found = (at: number, wanted: string) =>
    answers[at].data?.find(({ name, region }) => name === wanted && region === 'all');
  const rows = compared.filter(({ name }) => columns.some((_, at) => found(at, name) !== undefined));
  return (
    <section className="scores">
      <h2>Models of subject {of.subject} side by side</h2>
      <table className="plain">
        <caption className="unseen">Scores of each latent model and decoder, with chance</caption>
        <thead>
          <tr>
            <th scope="col">Score</th>
            {columns.map((column) => (
              <th key={column.name} scope="col" className="number">
                {titleOfColumn(column)}
              </th>
            ))}
            <th scope="col" className="number">
              Chance
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, title }) => (
            <tr key={name}>
              <th scope="row">{title}</th>
              {columns.map((column, at) => (
                <td key={column.name} className="number">
                  <Cell score={found(at, name)} title={`${title}, ${titleOfColumn(column)}`} />
                </td>
              ))}
              <td className="number">
                {columns
                  .map((_, at) => found(at, name)?.chance)
                  .find((chance) => chance !== undefined)
                  ?.toFixed(2) ?? '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const titleOfColumn = ({ model, decoder }: Evaluated) => `${model}, ${decoder}`;

function Cell({ score, title }: { readonly score: Metric | undefined; readonly title: string }) {
  if (score === undefined || score.value === null) return <span title={score?.reason}>–</span>;
  const { value, lower, upper, definition, test } = score;
  const definitions = [definition, ...(test === undefined ? [] : [test])];
  return (
    <DefinitionButton definitions={definitions} label={`${title}: ${value.toFixed(3)}`}>
      {value.toFixed(3)}
      {lower !== undefined && upper !== undefined && (
        <span className="quiet">
          {' '}
          {lower.toFixed(2)}–{upper.toFixed(2)}
        </span>
      )}
    </DefinitionButton>
  );
}
