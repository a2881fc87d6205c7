import { reportPath } from '../quality.ts';
import type { Workspace } from '../workspace.ts';
import type { Report, Section } from './document.ts';
import { gatherSubject, type SubjectResults } from './gather.ts';
import { curvesSection } from './sections/curves.ts';
import { gallerySection } from './sections/gallery.ts';
import { methodsSection } from './sections/methods.ts';
import { modelsSection } from './sections/models.ts';
import { citationSection, problemsSection, provenanceSection } from './sections/provenance.ts';
import { qualityPageName, qualitySection } from './sections/quality.ts';
import { attributesSection, imagerySection } from './sections/reading.ts';
import { identificationSection, leadOf, scoresSection, tableSection } from './sections/scores.ts';

export interface SubjectReportOptions {
  /** Default: `Subject 01: faces decoded from fMRI patterns`. */
  readonly title?: string;
  /** Said before the scores. */
  readonly lead?: string;
}

/**
 * Everything that a project holds of a subject's analysis, as a report.
 *
 * @throws FusiformError NAME_UNKNOWN where the project has no such subject, or nothing of it was evaluated
 */
export async function subjectReport(
  workspace: Workspace,
  subject: string,
  { title, lead }: SubjectReportOptions = {},
): Promise<Report> {
  const results = await gatherSubject(workspace, subject);
  return {
    title: title ?? `Subject ${subject}: faces decoded from fMRI patterns`,
    lead: [lead, leadOf(results)].filter((part) => part !== undefined).join(' '),
    warnings: staleWarnings(results.stale),
    sections: await subjectSections(workspace, results),
    attachments: qualityPages(results),
  };
}

async function subjectSections(workspace: Workspace, results: SubjectResults): Promise<Section[]> {
  const { models, jobs, source } = results;
  return [
    await gallerySection(results),
    tableSection(results),
    identificationSection(results),
    scoresSection(results),
    curvesSection(results),
    attributesSection(results),
    await imagerySection(results),
    await modelsSection(workspace, models),
    await qualitySection(results),
    methodsSection(jobs),
    problemsSection(jobs),
    provenanceSection(jobs),
    citationSection([source]),
  ];
}

/** The page of quality control, where there is one. */
function qualityPages({ quality, subject }: SubjectResults): Report['attachments'] {
  return quality === null ? [] : [{ name: qualityPageName(subject), path: reportPath(quality) }];
}

/** Results that were computed from what holds no longer are shown, and marked. */
export function staleWarnings(stale: readonly string[]): string[] {
  if (stale.length === 0) return [];
  return [
    `Stale: ${stale.join(', ')} ${stale.length === 1 ? 'was' : 'were'} computed from roles, a mapping or codes that hold no longer. Compute ${stale.length === 1 ? 'it' : 'them'} again before this report is used.`,
  ];
}
