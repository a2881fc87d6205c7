import { useQuery } from '@tanstack/react-query';
import type { GalleryCell, GallerySource } from '../../shared/contract/gallery.ts';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { LatentBars } from './latent-bars.tsx';
import { number } from './numbers.ts';
import { Facts, Fold, Panel, type PanelProps, SelectionLink, SelectButton } from './panel.tsx';
import { TargetMapsView } from './target-maps.tsx';

/** A test face: what was shown, what was decoded, when, from where. */
export function StimulusPanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const stimulus = selection.stimulus ?? '';
  const facts = useQuery(queries.gallery.facts.queryOptions({ input: { project } }));
  const subject = selection.subject ?? facts.data?.subjects[0]?.name;
  const page = useQuery({
    ...queries.gallery.rows.queryOptions({
      input: {
        project,
        view: { filter: { subjects: subject === undefined ? [] : [subject], name: stimulus } },
        count: 20,
      },
    }),
    enabled: subject !== undefined,
  });
  const row = page.data?.rows.find((candidate) => candidate.stimulus === stimulus);
  const wanted = [selection.model, selection.decoder].filter(Boolean).join('/');
  const source =
    facts.data?.sources.find(({ id }) => id === wanted) ??
    facts.data?.sources.find(({ model }) => model === selection.model) ??
    facts.data?.sources[0];
  const cell = row?.cells.find((candidate) => candidate.source === source?.id) ?? row?.cells[0];
  const address = (path: string | null | undefined) => (path ? `/data/${project}/${path}` : null);
  const pictures = [
    ['shown', address(row?.original)],
    ['own', address(cell?.own)],
    ['decoded', address(cell?.decoded)],
  ] as const;
  return (
    <Panel kind="Face" name={stimulus} of={['stimulus', 'decoder']}>
      {page.error && <ProblemView error={page.error} />}
      {page.data !== undefined && row === undefined && (
        <p className="quiet">No test face of subject {subject} has this name.</p>
      )}
      <div className="inspect-pictures">
        {pictures.map(([name, src]) =>
          src === null ? null : (
            <Picture key={name} src={src} alt={`${stimulus}, ${name}`} size={70} caption={name} />
          ),
        )}
      </div>
      {cell && source && <Scores cell={cell} source={source} subject={subject ?? ''} />}
      {row && cell && <Attributes labels={row.labels} decoded={cell.attributes} />}
      {row && source && (
        <Decoded
          project={project}
          subject={row.subject}
          stimulus={stimulus}
          source={source}
          presentations={row.runs.reduce((sum, { presentations }) => sum + presentations, 0)}
        />
      )}
      <p className="inspect-links">
        <SelectionLink to="/gallery">Gallery</SelectionLink>
        <SelectionLink to="/brain">Brain</SelectionLink>
        <SelectionLink to="/evaluation">Evaluation</SelectionLink>
      </p>
    </Panel>
  );
}

function Scores({
  cell,
  source,
  subject,
}: {
  readonly cell: GalleryCell;
  readonly source: GallerySource;
  readonly subject: string;
}) {
  const { rank, pairwise, similarity, ssim, pixCorr } = cell.scores;
  const chance = source.chance.find((candidate) => candidate.subject === subject);
  const beside = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : ` (chance ${number(value)})`;
  return (
    <Facts
      of={[
        ['decoded by', source.title],
        [
          'rank',
          chance === undefined
            ? number(rank, 0)
            : `${rank ?? 'n/a'} of ${chance.faces} (chance ${(chance.faces + 1) / 2})`,
        ],
        ['pairwise', `${number(pairwise)} (chance 0.50)`],
        ['r of codes', number(similarity)],
        ['SSIM', `${number(ssim)}${beside(chance?.ssim)}`],
        ['PixCorr', `${number(pixCorr)}${beside(chance?.pixCorr)}`],
        ...(cell.nearest === null
          ? []
          : ([
              [
                'nearest training face',
                `${cell.nearest.file}, r of codes ${number(cell.nearest.similarity)}, PixCorr ${number(cell.nearest.pixCorr)}`,
              ],
            ] as const)),
      ]}
    />
  );
}

/** Labels of the face, and where its decoded code lies on the attributes that were read from it. */
function Attributes({
  labels,
  decoded,
}: {
  readonly labels: Readonly<Record<string, string>>;
  readonly decoded: Readonly<Record<string, number>>;
}) {
  const known = Object.entries(labels);
  const read = Object.entries(decoded);
  if (known.length + read.length === 0) return null;
  return (
    <Fold title="Attributes">
      <Facts of={known.map(([label, value]) => [label.replaceAll('_', ' '), value] as const)} />
      {read.length > 0 && (
        <>
          <p className="quiet">Read from the decoded code (above 0: in the class)</p>
          <Facts of={read.map(([name, value]) => [name.replaceAll('_', ' '), number(value)] as const)} />
        </>
      )}
      <p className="inspect-links">
        {known.slice(0, 6).map(([attribute]) => (
          <SelectButton key={attribute} change={{ attribute }}>
            {attribute.replaceAll('_', ' ')}
          </SelectButton>
        ))}
      </p>
    </Fold>
  );
}

interface DecodedProps {
  readonly project: string;
  readonly subject: string;
  readonly stimulus: string;
  readonly source: GallerySource;
  readonly presentations: number;
}

function Decoded({ project, subject, stimulus, source, presentations }: DecodedProps) {
  const decoder = decoderKinds.find((kind) => kind === source.decoder) ?? publishedDecoder;
  const { model } = source;
  const links = useQuery(
    queries.links.stimulus.queryOptions({ input: { project, subject, model, decoder, stimulus } }),
  );
  const trials = useQuery(queries.links.trials.queryOptions({ input: { project, subject, stimulus } }));
  return (
    <>
      <Fold title="Latents: true (grey), decoded (blue)" isOpen>
        {links.error && <ProblemView error={links.error} />}
        {links.isPending && <p className="quiet">Reading ...</p>}
        {links.data && (
          <LatentBars
            series={[
              { name: 'true', style: 'true', values: links.data.trueCode },
              { name: 'decoded', style: 'decoded', values: links.data.decodedCode },
            ]}
          />
        )}
      </Fold>
      <Fold title="What each region makes of it">
        <table>
          <thead>
            <tr>
              <th scope="col">Voxels</th>
              <th scope="col" className="number">
                n
              </th>
              <th scope="col" className="number">
                r
              </th>
              <th scope="col" className="number">
                rank
              </th>
            </tr>
          </thead>
          <tbody>
            {links.data?.regions.map(({ name, excluded, nVoxels, similarity, rank }) => (
              <tr key={name}>
                <th scope="row">
                  <SelectButton change={{ region: name === 'all' ? null : name }}>
                    {excluded === null ? name : `all but ${excluded}`}
                  </SelectButton>
                </th>
                <td className="number">{nVoxels}</td>
                <td className="number">{number(similarity)}</td>
                <td className="number">{rank ?? 'n/a'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Fold>
      <Fold title={`Trials: shown ${presentations} times`}>
        {trials.error && <ProblemView error={trials.error} />}
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col" className="number">
                onset
              </th>
            </tr>
          </thead>
          <tbody>
            {trials.data?.map(({ run, line, onset, duration }) => (
              <tr key={`${run} ${line}`}>
                <th scope="row">
                  <SelectButton change={{ run, trial: line }}>{shortRun(run)}</SelectButton>
                </th>
                <td className="number" title={`for ${duration} s; line ${line} of the run's events`}>
                  {onset.toFixed(1)} s
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Fold>
      <Fold title="Voxels that spoke for it">
        {decoder === publishedDecoder ? (
          <TargetMapsView mapping={{ project, subject, model }} target={{ kind: 'face', name: stimulus }} />
        ) : (
          <p className="quiet">Contributions are mapped for the published decoder alone.</p>
        )}
      </Fold>
    </>
  );
}

/** `ses-01 run-03` of a run's whole name. */
export function shortRun(run: string): string {
  const parts = run.split('_').filter((part) => /^(ses|run)-/.test(part));
  return parts.length === 0 ? run : parts.join(' ');
}
