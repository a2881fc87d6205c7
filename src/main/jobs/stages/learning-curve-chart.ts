import type { TopLevelSpec } from 'vega-lite';
import type { LearningCurve } from '../../../shared/learning-curve.ts';
import { chartSvg } from '../../formats/chart/svg.ts';
import { allVoxels } from './decode-patterns.ts';

/** Okabe and Ito's colours, told apart by colour-blind readers too. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7'];

/**
 * Pairwise identification against the number of training faces, all voxels: a line a model. Of one curve the 95 % interval
 * over test faces is drawn, of several subjects every subject as a thin line, and
 * their mean where all of them have the point.
 */
export function learningCurveChart(curves: readonly LearningCurve[]): Promise<string> {
  const values = curves.flatMap(({ model, subject, points }) =>
    points
      .filter(({ region }) => region === allVoxels)
      .map(({ requested, trainingFaces, pairwise, pairwiseInterval: [low, high] }) => ({
        model,
        subject,
        at: requested ?? 'all',
        trainingFaces,
        pairwise,
        low,
        high,
      })),
  );
  const models = [...new Set(curves.map(({ model }) => model))];
  const x = {
    field: 'trainingFaces',
    type: 'quantitative',
    title: 'training faces',
    scale: { domainMin: 0 },
  };
  const y = {
    field: 'pairwise',
    type: 'quantitative',
    title: 'pairwise identification',
    scale: { domain: [0.4, 1] },
  };
  const color = {
    field: 'model',
    type: 'nominal',
    title: null,
    sort: models,
    scale: { domain: models, range: colours.slice(0, models.length) },
  };
  const nSubjects = new Set(curves.map(({ subject }) => subject)).size;
  const own =
    nSubjects > 1
      ? [
          {
            mark: { type: 'line', strokeWidth: 1, opacity: 0.35 },
            encoding: { x, y, color, detail: { field: 'subject' } },
          },
          {
            // Subjects have about as many faces at a point, not the same number: the mean stands at their mean.
            transform: [
              {
                aggregate: [
                  { op: 'mean', field: 'trainingFaces', as: 'trainingFaces' },
                  { op: 'mean', field: 'pairwise', as: 'pairwise' },
                  { op: 'count', as: 'subjects' },
                ],
                groupby: ['model', 'at'],
              },
              // A mean of some of the subjects would rise and fall by which of them have the point.
              { filter: `datum.subjects === ${nSubjects}` },
            ],
            mark: { type: 'line', strokeWidth: 3, point: { size: 50 } },
            encoding: { x, y, color },
          },
        ]
      : [
          {
            mark: { type: 'rule', strokeWidth: 1.5 },
            encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
          },
          { mark: { type: 'line', point: { size: 50 } }, encoding: { x, y, color } },
        ];
  return chartSvg({
    width: 460,
    height: 240,
    background: 'white',
    data: { values },
    layer: [
      {
        data: { values: [{ chance: 0.5 }] },
        mark: { type: 'rule', strokeDash: [4, 4], color: '#888' },
        encoding: { y: { ...y, field: 'chance' } },
      },
      ...own,
    ],
  } as unknown as TopLevelSpec);
}
