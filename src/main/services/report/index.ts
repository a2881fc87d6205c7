import { join } from 'node:path';
import type { Workspace } from '../workspace.ts';
import { studyReport } from './study-report.ts';
import { subjectReport } from './subject-report.ts';
import { type WrittenReport, writeReport } from './write-files.ts';

export type { WrittenReport } from './write-files.ts';

export interface WriteReportRequest {
  /** A subject of the project; absent: the study, with a report of each of its subjects below it. */
  readonly subject?: string;
  /** Of the study. */
  readonly study: string;
  readonly outDir: string;
}

export interface WrittenReports extends WrittenReport {
  /** Pages of the subjects, where the report is that of a study. */
  readonly subjects: readonly { readonly subject: string; readonly page: string }[];
}

/** Writes the report of a subject, or of a study and each of its subjects. @throws FusiformError NAME_UNKNOWN, JOB_CANCELLED */
export async function writeReports(
  workspace: Workspace,
  { subject, study, outDir }: WriteReportRequest,
): Promise<WrittenReports> {
  if (subject !== undefined) {
    const written = await writeReport(await subjectReport(workspace, subject), outDir, workspace.signal);
    return { ...written, subjects: [] };
  }
  const report = await studyReport(workspace, study, { linkOf: (label) => `sub-${label}/report.html` });
  const written = await writeReport(report, outDir, workspace.signal);
  const labels = workspace
    .entries('subject')
    .map(({ name }) => name)
    .filter((name) => workspace.entries('evaluation').some((entry) => entry.name.startsWith(`${name}/`)));
  const subjects: { subject: string; page: string }[] = [];
  for (const [at, label] of labels.entries()) {
    workspace.report('reports of subjects', { done: at, total: labels.length, unit: 'reports' });
    const own = await writeReport(
      await subjectReport(workspace, label),
      join(outDir, `sub-${label}`),
      workspace.signal,
    );
    subjects.push({ subject: label, page: own.page });
  }
  return { ...written, subjects };
}
