import type { TopLevelSpec } from 'vega-lite';
import type { RegionsRequest } from '../../../shared/contract/figures.ts';
import { publishedDecoder } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { RegionEvaluation, Score } from '../../../shared/evaluation.ts';
import { appVersion } from '../../../shared/version.ts';
import { beginPageOfCharts, chartSvg } from '../../formats/chart/svg.ts';
import { allVoxels } from '../../jobs/stages/decode-patterns.ts';
import type { SubjectSource } from '../gallery/subject-sources.ts';
import { galleryOf } from '../gallery/table.ts';
import { type RegionPoint, regionsChart } from '../report/figures/regions.ts';
import type { Workspace } from '../workspace.ts';
import type { Figure } from './write-figure.ts';

const titles = {
  pairwise: 'Pairwise identification',
  nWay: 'N-way identification',
  gender: 'Gender told right',
  imagery: 'Imagined face against its candidates',
} as const;

/**
 * The article's figure of regions: a score from each region alone, or from all voxels without it, a panel a latent model, a point a
 * subject with its interval, and chance.
 *
 * @throws FusiformError PARAMETERS_INVALID where nothing was scored of what is asked for
 */
export async function regionsFigure(
  workspace: Workspace,
  { subjects, models, which, score }: RegionsRequest,
  isTransparent: boolean,
): Promise<Figure> {
  const { sources } = await galleryOf(workspace);
  const wanted = sources.filter(
    ({ subject, facts }) =>
      facts.decoder === publishedDecoder &&
      (subjects.length === 0 || subjects.includes(subject)) &&
      (models.length === 0 || models.includes(facts.model)),
  );
  const panels = [...Map.groupBy(wanted, ({ facts }) => facts.title)]
    .map(([title, own]) => ({ title, own, points: own.flatMap((source) => pointsOf(source, which, score)) }))
    .filter(({ points }) => points.length > 0);
  if (panels.length === 0) {
    throw new FusiformError(
      'PARAMETERS_INVALID',
      `No "${score}" was scored ${which === 'alone' ? 'of regions' : 'without regions'} of these subjects and models.`,
    );
  }
  const chance = chanceOf(wanted, score);
  const least = Math.min(...panels.flatMap(({ points }) => points.map(({ lower, value }) => lower ?? value)));
  beginPageOfCharts();
  const svg = await chartSvg(
    {
      ...(isTransparent ? { background: 'transparent' } : {}),
      hconcat: panels.map(({ title, points }) => ({
        ...regionsChart(points, chance, titles[score], least),
        title,
      })),
    } as unknown as TopLevelSpec,
    'printed',
  );
  const caption = captionOf({ panels, which, score, chance });
  return {
    name: which === 'alone' ? 'regions' : 'regions-left-out',
    caption,
    pages: [svg],
    record: {
      figure: 'regions',
      application: `Fusiform ${appVersion}`,
      which,
      score,
      chance,
      transparent: isTransparent,
      points: panels.map(({ title, points }) => ({ title, points })),
      artefacts: wanted.map(({ name, evaluationHash }) => ({ name, evaluation: evaluationHash })),
    },
  };
}

function pointsOf(
  { subject, evaluation }: SubjectSource,
  which: RegionsRequest['which'],
  score: RegionsRequest['score'],
): RegionPoint[] {
  const isShown = ({ name, excluded }: RegionEvaluation) =>
    name === allVoxels || (excluded === undefined) === (which === 'alone');
  return evaluation.regions.filter(isShown).flatMap((region): RegionPoint[] => {
    const scored: Score | null = region[score];
    if (scored === null || scored.value === null) return [];
    const { value, lower = null, upper = null } = scored;
    const name = region.excluded === undefined ? region.name : `all but ${region.excluded}`;
    return [{ region: name === allVoxels ? 'all voxels' : name, name: `S${subject}`, value, lower, upper }];
  });
}

/** The chance of a score, where all subjects have the same. */
function chanceOf(sources: readonly SubjectSource[], score: RegionsRequest['score']): number | null {
  const known = new Set(sources.map(({ evaluation }) => evaluation.regions[0][score]?.chance));
  const [only] = known;
  return known.size === 1 && only !== undefined ? only : null;
}

function captionOf({
  panels,
  which,
  score,
  chance,
}: {
  readonly panels: readonly { readonly title: string; readonly own: readonly SubjectSource[] }[];
  readonly which: RegionsRequest['which'];
  readonly score: RegionsRequest['score'];
  readonly chance: number | null;
}): string {
  const subjects = [...new Set(panels.flatMap(({ own }) => own.map(({ subject }) => subject)))];
  const faces = [...new Set(panels.flatMap(({ own }) => own.map(({ evaluation }) => evaluation.nTestFaces)))];
  const [{ own }] = panels;
  const voxels = own.map(
    ({ subject, evaluation }) =>
      `S${subject}: ${evaluation.regions
        .filter(({ name, excluded }) => name === allVoxels || excluded === undefined)
        .map(({ name, nVoxels }) => `${name} ${nVoxels}`)
        .join(', ')}`,
  );
  const from =
    which === 'alone'
      ? 'from the selected voxels of each region alone'
      : 'from all selected voxels but those of one region';
  return (
    `${titles[score]} of ${faces.join(' or ')} test faces, decoded ${from}; panels: ${panels.map(({ title }) => title).join(', ')}. ` +
    `A point a subject (${subjects.map((subject) => `S${subject}`).join(', ')}) with its 95 % confidence interval over test faces.` +
    `${chance === null ? '' : ` Dashed: chance, ${chance.toFixed(2)}.`} Selected voxels: ${voxels.join('; ')}.`
  );
}
