import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Markup, trusted } from '../../formats/html/html.ts';
import { listedRuns } from '../../jobs/quality/summary.ts';
import type { StageOutcome } from '../workspace.ts';

/** Runs that are listed; the page of quality control shows all. */
const listed = 6;

/**
 * What quality control found, for a report: counts, the worst runs, the map of tSNR, and where the whole page is.
 *
 * @param link the page, as seen from the report
 */
export async function qualitySection({ summary, path }: StageOutcome, link: string): Promise<Markup> {
  const runs = listedRuns(summary);
  const slices = await readFile(join(path, 'figures', 'tsnr.svg'), 'utf8');
  return html`<h2>Quality of the runs</h2>
<p>${Number(summary.runs)} runs: ${Number(summary.bad)} bad, ${Number(summary.look)} to look at, ${Number(summary.good)} good. <a href="${link}">The whole report</a> has carpet plots, motion and the design of every run.</p>
<table><tr><th>run${runs.length > listed ? ', the worst' : ''}</th><th>verdict</th><th class="number">tSNR</th><th class="number">mean FD (mm)</th><th class="number">largest std. DVARS</th><th>what for</th></tr>
${runs.slice(0, listed).map((run) => html`<tr><td>${run.label}</td><td>${run.verdict}</td><td class="number">${run.tsnr_detrended.toFixed(1)}</td><td class="number">${run.fd_mean === null ? 'n/a' : run.fd_mean.toFixed(3)}</td><td class="number">${run.dvars_std_max.toFixed(2)}</td><td>${run.reasons.join('; ')}</td></tr>`)}
</table>
<figure>${trusted(slices)}<figcaption>Temporal signal-to-noise ratio (no unit), mean over the runs, trends taken out. The subject's left is on the left.</figcaption></figure>`;
}
