import { readEvaluation } from '../../../jobs/stages/evaluate.ts';
import { readGroup } from '../../../jobs/stages/group-statistics.ts';
import { listMetrics } from '../../../store/jobs.ts';
import { attributesOf, imageryOf, learningCurvesOf, regionsOf, reliabilityOf } from '../../analyses.ts';
import { identificationMatrix } from '../../identification-matrix.ts';
import { api } from './base.ts';
import { results, workspaceOf } from './results.ts';

export const evaluation = {
  list: api.evaluation.list.handler(({ context, input }) =>
    results(workspaceOf(context, input), 'evaluation'),
  ),
  get: api.evaluation.get.handler(({ context, input }) =>
    readEvaluation(workspaceOf(context, input).entry('evaluation', input.name).path),
  ),
  metrics: api.evaluation.metrics.handler(({ context, input }) => {
    const workspace = workspaceOf(context, input);
    const { key } = workspace.entry('evaluation', input.name);
    return listMetrics(workspace.store.sql, key).map((metric) => ({ ...metric }));
  }),
  matrix: api.evaluation.matrix.handler(({ context, input }) =>
    identificationMatrix(workspaceOf(context, input), input.name, input.region),
  ),
  attributes: api.evaluation.attributes.handler(({ context, input }) =>
    attributesOf(workspaceOf(context, input), input.name),
  ),
  imagery: api.evaluation.imagery.handler(({ context, input }) =>
    imageryOf(workspaceOf(context, input), input.name),
  ),
  regions: api.evaluation.regions.handler(({ context, input }) =>
    regionsOf(workspaceOf(context, input), input.name),
  ),
  learningCurves: api.evaluation.learningCurves.handler(({ context, input }) =>
    learningCurvesOf(workspaceOf(context, input), input.name),
  ),
  reliability: api.evaluation.reliability.handler(({ context, input }) =>
    reliabilityOf(workspaceOf(context, input), input.subject),
  ),
  groups: api.evaluation.groups.handler(({ context, input }) =>
    workspaceOf(context, input)
      .entries('group')
      .map(({ name }) => name),
  ),
  group: api.evaluation.group.handler(({ context, input }) =>
    readGroup(workspaceOf(context, input).entry('group', input.name).path),
  ),
};
