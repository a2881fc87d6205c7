import { readSubjectIndex } from '../../../jobs/stages/index-subject.ts';
import { checkStudy } from '../../check/check-study.ts';
import { listStudyFiles } from '../../study-list.ts';
import { parseOptions } from '../../study-request.ts';
import { manageRoles } from '../../subject-roles.ts';
import { api } from './base.ts';

/** Plain data of a report, as it would be sent: what the contract lists by name and what it passes on. */
const asData = <T>(report: unknown): T => report as T;

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
  roles: api.subjects.roles.handler(async ({ context, input: { project, ...request } }) =>
    asData(await manageRoles(context.application.project(project).workspace, request)),
  ),
  changeRoles: api.subjects.changeRoles.handler(async ({ context, input }) => {
    const project = context.application.project(input.project);
    const { subject, set, confirm, undo } = input;
    const assignments = Object.entries(set).map(([type, role]) => `${type}=${role}`);
    const reports = await manageRoles(project.workspace, {
      subject,
      confirm,
      undo,
      ...(assignments.length === 0 ? {} : { set: assignments }),
    });
    project.touch();
    return asData(reports);
  }),
};
