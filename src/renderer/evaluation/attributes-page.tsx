import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  type AttributeReadingRow,
  type DecodedAttributes,
  type ReadingRule,
  readingRules,
} from '../../shared/decoded-attributes.ts';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { Choice } from '../components/choice.tsx';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { DefinitionButton } from './definition-button.tsx';
import { accuracyFigure } from './figures.ts';
import type { PageProps } from './page-props.ts';
import { shortP } from './regions-page.tsx';
import { RunJob } from './run-job.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** What can be read of the faces from decoded codes, beside the same from the true ones. */
export function AttributesPage({ of }: PageProps) {
  const project = useProject().id;
  const attributes = useQuery(
    queries.evaluation.attributes.queryOptions({ input: { project, name: of.name } }),
  );
  if (attributes.error) return <ProblemView error={attributes.error} />;
  if (attributes.data === undefined) return <p className="waiting">Reading ...</p>;
  return attributes.data === null ? (
    <ReadAttributes of={of} />
  ) : (
    <>
      <Readings result={attributes.data} />
      <details>
        <summary>Read them anew</summary>
        <ReadAttributes of={of} />
      </details>
    </>
  );
}

const ruleNames: Readonly<Record<ReadingRule, string>> = {
  'axis-origin': 'sign of the axis (published)',
  'axis-midpoint': 'half way along the axis',
  classifier: 'linear discriminant',
  'classifier-balanced': 'discriminant, half way',
};

function Readings({ result }: { readonly result: DecodedAttributes }) {
  const [rule, setRule] = useState<ReadingRule>('axis-midpoint');
  const [{ attribute }, select] = useSelection();
  const rows = useMemo(() => result.readings.filter((row) => row.rule === rule), [result, rule]);
  const spec = useMemo(() => {
    const cells = rows.flatMap((row) => {
      const value = row.balancedAccuracy ?? row.r;
      return value === null
        ? []
        : [{ row: row.attribute, column: placeOf(row), value, isSignificant: row.q < 0.05 }];
    });
    return cells.length === 0 ? null : accuracyFigure(cells, 'balanced accuracy');
  }, [rows]);
  return (
    <section className="stack">
      <h2>Attributes of {result.testFaces} test faces</h2>
      <Choice
        label="Rule"
        description="Where the classes are parted; all are learnt from true codes of labelled faces alone."
        options={readingRules.map((id) => ({ id, name: ruleNames[id] }))}
        value={rule}
        onChange={setRule}
      />
      {spec && (
        <Chart
          spec={spec}
          height={Math.max(120, 26 * new Set(rows.map((row) => row.attribute)).size + 60)}
          label="Balanced accuracy of each attribute from true codes and from codes decoded from each region; chance 0.5. The table below has every number."
        />
      )}
      <p className="quiet">
        White: chance, 0.5. A dot: q below 0.05, over attributes and regions. The column of true codes bounds
        what decoding can reach.
      </p>
      <DataTable
        label="Attributes"
        columns={columns}
        rows={rows}
        idOf={(row) => `${row.attribute} ${placeOf(row)}`}
        selected={
          rows
            .filter((row) => row.attribute === attribute)
            .map((row) => `${row.attribute} ${placeOf(row)}`)[0] ?? null
        }
        onSelect={(id) =>
          select({ attribute: rows.find((row) => `${row.attribute} ${placeOf(row)}` === id)?.attribute })
        }
      />
      {result.notJudged.length > 0 && (
        <ul>
          {result.notJudged.map((one) => (
            <li key={one.attribute} className="quiet">
              {one.attribute}: {one.reason}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const placeOf = ({ codes, region }: AttributeReadingRow) =>
  codes === 'true' ? 'true codes' : (region ?? 'all');
const share = (value: number | null) => value?.toFixed(2) ?? '–';

const columns: readonly TableColumn<AttributeReadingRow>[] = [
  { id: 'attribute', name: 'Attribute', value: ({ attribute }) => attribute },
  { id: 'codes', name: 'Codes', value: placeOf },
  number('n', 'Faces', ({ n }) => n, String),
  {
    ...number('accuracy', 'Accuracy', ({ accuracy }) => accuracy, share),
    width: 160,
    show: ({ accuracy, lower, upper, definition }) =>
      accuracy === null ? (
        '–'
      ) : (
        <DefinitionButton definitions={[definition, 'binomial/1']}>
          {accuracy.toFixed(2)} ({share(lower)} to {share(upper)})
        </DefinitionButton>
      ),
  },
  number('majority', 'Larger class', ({ majority }) => majority, share),
  number('balanced', 'Balanced', ({ balancedAccuracy }) => balancedAccuracy, share),
  number('auc', 'AUC', ({ auc }) => auc, share),
  number('r', 'r', ({ r }) => r, share),
  number(
    'q',
    'q',
    ({ q }) => q,
    (q) => (q === null ? '–' : shortP(q)),
  ),
];

function number(
  id: string,
  name: string,
  value: (row: AttributeReadingRow) => number | null,
  show: (value: number | null) => string,
): TableColumn<AttributeReadingRow> {
  return { id, name, isNumber: true, width: 92, value, show: (row) => show(value(row)) };
}

function ReadAttributes({ of }: { readonly of: Evaluated }) {
  const project = useProject().id;
  const faces = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const [chosen, setChosen] = useState('');
  const [columnsText, setColumns] = useState('');
  const [folds, setFolds] = useState(10);
  const sets = faces.data?.filter(({ labels }) => labels.length > 0) ?? [];
  if (sets.length === 0) {
    return (
      <p className="quiet">
        Attributes are learnt from a face set with labels; the project has none. Import faces with a table of
        labels, such as that of CelebA, and give the test faces labels in stimuli/labels.tsv.
      </p>
    );
  }
  const from = chosen === '' ? sets[0].name : chosen;
  const wanted = columnsText
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const request = {
    kind: 'read-attributes',
    subject: of.subject,
    model: of.model,
    decoder: decoderKinds.find((known) => known === of.decoder) ?? publishedDecoder,
    faces: from,
    folds,
    ...(wanted.length === 0 ? {} : { columns: wanted }),
  } as const;
  return (
    <RunJob label="Read attributes" request={request}>
      <p className="quiet">
        Learns gender and every other label of a face set in the latent space, and reads it from the codes of
        the test faces: seconds to minutes, by the number of faces and labels.
      </p>
      <div className="form">
        <Choice
          label="Labelled faces"
          options={sets.map(({ name, labels, count }) => ({
            id: name,
            name,
            description: `${count} faces, ${labels.length} labels`,
          }))}
          value={from}
          onChange={setChosen}
        />
        <TextInput
          label="Labels"
          description="Names by commas; empty: all."
          value={columnsText}
          onChange={setColumns}
        />
        <NumberInput
          label="Folds"
          description="Of the labelled faces, over which the discriminant's penalty is chosen."
          value={folds}
          onChange={setFolds}
          minValue={3}
          maxValue={100}
        />
      </div>
    </RunJob>
  );
}
