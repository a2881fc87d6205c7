import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html } from '../../../formats/html/html.ts';
import { listedRuns } from '../../../jobs/quality/summary.ts';
import {
  figureBlock,
  missing,
  numberColumn,
  type Section,
  tableBlock,
  text,
  textColumn,
} from '../document.ts';
import type { SubjectResults } from '../gather.ts';

/** Runs that the page lists; the page of quality control shows all. */
const listed = 8;

/** The page of quality control, beside the report. */
export function qualityPageName(subject: string): string {
  return `quality-${subject}.html`;
}

/** What quality control found: counts, the worst runs, the map of tSNR. */
export async function qualitySection({ quality, subject }: SubjectResults): Promise<Section> {
  const shared = { id: 'quality', heading: 'Quality of the runs' };
  if (quality === null) {
    return {
      ...shared,
      blocks: [
        missing(`quality control: the runs were not examined (fusiform subject qc --subject ${subject}).`),
      ],
    };
  }
  const runs = listedRuns(quality.summary);
  const slices = await readFile(join(quality.path, 'figures', 'tsnr.svg'), 'utf8').catch(() => null);
  const { bad, look, good } = quality.summary;
  return {
    ...shared,
    blocks: [
      text(
        `${runs.length} runs: ${Number(bad)} bad, ${Number(look)} to look at, ${Number(good)} good. The marks are advice: nothing was left out because of them.`,
      ),
      {
        kind: 'markup',
        markup: html`<p><a href="${qualityPageName(subject)}">The whole page of quality control</a> has carpet plots, motion and the design of every run.</p>\n`,
      },
      tableBlock({
        name: 'quality',
        caption:
          'Runs, the worst first. tSNR: temporal signal-to-noise ratio, trends taken out; FD: framewise displacement.',
        rowsShown: listed,
        columns: [
          textColumn(runs, 'run', 'run', ({ label }) => label),
          textColumn(runs, 'verdict', 'verdict', ({ verdict }) => verdict),
          numberColumn(runs, 'tsnr', 'tSNR', 'tenths', (run) => run.tsnr_detrended),
          numberColumn(runs, 'fd_mean', 'mean FD (mm)', 'decimal', (run) => run.fd_mean),
          numberColumn(runs, 'dvars_std_max', 'largest std. DVARS', 'decimal', (run) => run.dvars_std_max),
          textColumn(runs, 'reasons', 'what for', ({ reasons }) => reasons.join('; ')),
        ],
      }),
      ...(slices === null
        ? []
        : [
            figureBlock({
              name: 'tsnr',
              caption:
                "Temporal signal-to-noise ratio (no unit), mean over the runs, trends taken out. The subject's left is on the left.",
              alt: 'Slices of the brain with the temporal signal-to-noise ratio of every voxel.',
              drawing: { svg: slices },
            }),
          ]),
    ],
  };
}
