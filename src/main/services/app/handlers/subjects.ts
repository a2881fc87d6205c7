import { join } from 'node:path';
import { eventColumnMeanings, type QualityFacts } from '../../../../shared/contract/subjects.ts';
import { readJsonFile } from '../../../formats/json/json.ts';
import { readSubjectIndex } from '../../../jobs/stages/index-subject.ts';
import { findJob } from '../../../store/jobs.ts';
import { checkStudy } from '../../check/check-study.ts';
import { previewDesign } from '../../design-preview.ts';
import { fitParameters } from '../../fit-parameters.ts';
import { latestQuality, qualityFiles } from '../../quality.ts';
import { runVolumes } from '../../run-volumes.ts';
import { listStudyFiles } from '../../study-list.ts';
import { parseOptions } from '../../study-request.ts';
import { columnRoles, manageRoles } from '../../subject-roles.ts';
import { parseSettings } from '../glm-settings.ts';
import { api, asData } from './base.ts';

const indexOf = (index: Readonly<Record<string, unknown>> | undefined) =>
  index === undefined ? {} : { index: parseOptions({ ...index } as Parameters<typeof parseOptions>[0]) };

export const subjects = {
  list: api.subjects.list.handler(async ({ context, input }) => {
    const { workspace } = context.application.project(input.project);
    return Promise.all(
      workspace.entries('subject').map(async ({ name, source }) => {
        const { path, hash } = workspace.entry('subject', name);
        const { task, roles, runs, trainFaces, testFaces } = await readSubjectIndex(path);
        return {
          name,
          source,
          artifact: hash,
          task,
          roles: asData<Record<string, string[]>>(roles),
          runs,
          trainFaces: trainFaces.length,
          testFaces: testFaces.length,
        };
      }),
    );
  }),
  study: api.subjects.study.handler(async ({ input: { bids, index } }) =>
    asData(await listStudyFiles({ bids, ...indexOf(index) })),
  ),
  check: api.subjects.check.handler(async ({ input: { index, ...request }, signal }) =>
    asData(
      await checkStudy(
        null,
        { ...request, ...indexOf(index), deep: false },
        { report: () => undefined, signal: signal ?? new AbortController().signal },
      ),
    ),
  ),
  roles: api.subjects.roles.handler(async ({ context, input: { project, index, ...request } }) =>
    asData(
      await manageRoles(context.application.project(project).workspace, { ...request, ...indexOf(index) }),
    ),
  ),
  changeRoles: api.subjects.changeRoles.handler(async ({ context, input }) => {
    const { project: id, index, set, columns, confirm, undo, ...place } = input;
    const project = context.application.project(id);
    const assignments = Object.entries(set).map(([type, role]) => `${type}=${role}`);
    const meanings = eventColumnMeanings.flatMap((key) =>
      columns[key] === undefined ? [] : [`${columnRoles[key]}=${columns[key] ?? ''}`],
    );
    const reports = await manageRoles(project.workspace, {
      ...place,
      ...indexOf(index),
      confirm,
      undo,
      ...(assignments.length === 0 ? {} : { set: assignments }),
      ...(meanings.length === 0 ? {} : { columns: meanings }),
    });
    project.touch();
    return asData(reports);
  }),
  fitParameters: api.subjects.fitParameters.handler(() => asData(fitParameters)),
  design: api.subjects.design.handler(async ({ context, input: { project, settings, ...place } }) => {
    const { workspace } = context.application.project(project);
    const design = await previewDesign(workspace, { ...place, settings: parseSettings(settings) });
    return {
      ...design,
      names: [...design.names],
      roles: [...design.roles],
      inflation: [...design.inflation],
      strongest: design.strongest.map((pair) => ({ ...pair })),
      // Enough to see, and half the bytes.
      values: Array.from(design.values, (value) => Number(value.toPrecision(5))),
    };
  }),
  quality: api.subjects.quality.handler(async ({ context, input: { project, subject } }) => {
    const { workspace } = context.application.project(project);
    const found = latestQuality(workspace, subject);
    if (found === null) return null;
    const document = await readJsonFile(join(found.path, qualityFiles.document));
    return {
      artifact: found.hash,
      finishedAt: findJob(workspace.store.sql, found.key)?.finishedAt ?? null,
      seconds: found.seconds,
      problems: found.problems.map((problem) => ({ ...problem })),
      document: asData<QualityFacts['document']>(document),
    };
  }),
  runVolumes: api.subjects.runVolumes.handler(async ({ context, input: { project, ...place } }) =>
    asData(await runVolumes(context.application.project(project).workspace, place)),
  ),
};
