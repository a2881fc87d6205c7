import { appVersion } from '../../../shared/version.ts';
import { html, type Markup, trusted } from '../../formats/html/html.ts';
import { strongestPairs } from '../../qc/design-quality.ts';
import { type QualityThresholds, runLimits } from '../../qc/flags.ts';
import { short } from './compare-runs.ts';
import { definitionList } from './definitions.ts';
import { type RunQuality, type Verdict, verdictOf, worstFirst } from './run-quality.ts';
import { qualityStyle } from './style.ts';

/** Figures of one run, as SVG. */
export interface RunFigures {
  readonly carpet: string;
  readonly slices: string;
}

export interface QualityPageContent {
  readonly subject: string;
  readonly runs: readonly RunQuality[];
  /** By name of the run. */
  readonly figures: ReadonlyMap<string, RunFigures>;
  readonly thresholds: QualityThresholds;
  readonly mask: { readonly voxels: number; readonly source: string };
  /** `LPI`: where the axes of the images grow. */
  readonly orientation: string;
  /** SVG: mean over runs of the tSNR. */
  readonly subjectSlices: string;
  /** SVG; null for a lone run. */
  readonly overview: string | null;
  /** SVG of the run that is shown: the one with the worst inflation; null where no run has events. */
  readonly design: {
    readonly run: RunQuality;
    readonly matrix: string;
    readonly correlations: string;
  } | null;
  /** Runs that could not be examined, and why. */
  readonly leftOut: readonly string[];
}

const marks: Readonly<Record<Verdict, string>> = { bad: '■ bad', look: '▲ look', good: '● good' };
/** With more runs than this, those without a flag are folded. */
const openRuns = 3;

/** The whole report as one page that needs no other file, no script and no network. */
export function qualityPage(content: QualityPageContent): string {
  const { subject, runs, thresholds, mask, orientation, design } = content;
  const sorted = worstFirst(runs);
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Quality control: sub-${subject}</title>
<style>${trusted(qualityStyle)}</style>
<main>
<h1>Quality control: sub-${subject}</h1>
<p class="lead">${leadSentence(sorted)}</p>
${content.leftOut.map((reason) => html`<p class="bad">Not examined: ${reason}</p>`)}

<h2>Runs, worst first</h2>
<div class="scroll">${runTable(sorted)}</div>
<p class="note">How to read it: a volume counts as flagged when FD exceeds ${thresholds.fd} mm, standardised DVARS ${thresholds.stdDvars} (and the run's own noise), or the share of outlying voxels ${100 * thresholds.outlierFraction} %, or when a slice stands out. A run is marked “look” when one volume exceeds twice a threshold, when more than ${runLimits.volumesLook} % of its volumes are flagged, when it drifts by more than ${runLimits.drift} %, or when it deviates from the other runs; it is marked “bad” when its mean FD exceeds ${runLimits.fdMean} mm, when more than ${runLimits.volumesBad} % of its volumes are flagged, when the head moves by more than ${runLimits.fdMax} mm at once, when a slice has no signal, or when its conditions cannot be told apart. Volumes and slices count from 0, slices along the third axis of the image. The marks are advice: nothing is left out by itself.</p>

${
  content.overview === null
    ? ''
    : html`<h2>Runs against each other</h2>
<figure><div class="scroll">${trusted(content.overview)}</div><figcaption>How to read it: each mark is a run, in order of acquisition (<span class="bad">■ bad</span>, <span class="look">▲ look</span>, <span class="good">● good</span>); the dashed line is the median over runs. A run far from the others in one panel is worth a look, whatever its absolute value.</figcaption></figure>`
}

<h2>Temporal signal-to-noise ratio</h2>
<figure><div class="scroll">${trusted(content.subjectSlices)}</div><figcaption>How to read it: mean over ${runs.length === 1 ? 'the run' : `the ${runs.length} runs`} of the detrended tSNR (no unit) at every voxel of the mask, on the mean image in grey. Expect high values in white matter and the brain's upper half, low ones near the ear canals and the sinuses; stripes, a dark slice or a one-sided loss are faults. The subject's left is on the left (L, R: left, right; A, P: front, back; S, I: top, bottom); the images are stored as ${orientation}. Positions are in mm of the image's own space.</figcaption></figure>
<p class="note">Mask: ${mask.voxels.toLocaleString('en')} voxels, ${mask.source}.</p>

${design === null ? noDesign() : designSection(design)}

<h2>Every run</h2>
<p class="note">How to read the traces: time runs in seconds from the start of the first volume, alike in all panels of a run; each value stands in the middle of its volume. Dashed lines are thresholds (drawn where a trace comes near them), orange bands are flagged volumes. In the carpet, vertical bands across all tissues are whole-brain changes such as motion or spikes; horizontal structure that differs between tissues is what brains do.</p>
${sorted.map((run) => runSection(run, content, runs.length))}

<h2>Definitions and sources</h2>
${definitionList()}
<p class="note">Fusiform ${appVersion}. The same numbers stand in qc.tsv and qc.json, and volume by volume in the tables beside the maps.</p>
</main>
</html>
`;
  return page.text;
}

function leadSentence(runs: readonly RunQuality[]): string {
  const count = (verdict: Verdict) => runs.filter((run) => verdictOf(run) === verdict).length;
  const names = (verdict: Verdict) =>
    runs
      .filter((run) => verdictOf(run) === verdict)
      .map(({ label }) => label)
      .join(', ');
  const [bad, look] = [count('bad'), count('look')];
  const total = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  if (bad + look === 0) return `${total}, none marked.`;
  const parts = [
    ...(bad > 0 ? [`${bad} bad (${names('bad')})`] : []),
    ...(look > 0 ? [`${look} to look at (${names('look')})`] : []),
    ...(runs.length - bad - look > 0 ? [`${runs.length - bad - look} good`] : []),
  ];
  return `${total}: ${parts.join(', ')}.`;
}

function verdictMark(run: RunQuality): Markup {
  const verdict = verdictOf(run);
  return html`<span class="verdict ${verdict}">${marks[verdict]}</span>`;
}

interface TableColumn {
  readonly head: string;
  readonly value: (run: RunQuality) => string;
}

const tableColumns: readonly TableColumn[] = [
  { head: 'tSNR, detrended', value: ({ measures }) => short(measures.tsnr_detrended) },
  { head: 'mean FD (mm)', value: ({ measures }) => known(measures.fd_mean, 2) },
  { head: 'largest FD (mm)', value: ({ measures }) => known(measures.fd_max, 2) },
  { head: 'std. DVARS, largest', value: ({ measures }) => measures.dvars_std_max.toFixed(1) },
  { head: 'outliers, most (%)', value: ({ measures }) => (100 * measures.aor_max).toFixed(1) },
  { head: 'drift (%)', value: ({ measures }) => measures.drift_perc.toFixed(1) },
  { head: 'r of mean image', value: ({ meanCorrelation }) => known(meanCorrelation, 3) },
  {
    head: 'flagged volumes',
    value: ({ flagged, nVolumes }) => `${flagged.reduce((sum, flag) => sum + flag, 0)} of ${nVolumes}`,
  },
];

function known(value: number | null, digits: number): string {
  return value === null || !Number.isFinite(value) ? 'n/a' : value.toFixed(digits);
}

function runTable(runs: readonly RunQuality[]): Markup {
  return html`<table><thead><tr><th>run</th><th>verdict</th><th>what for</th>${tableColumns.map(({ head }) => html`<th class="number">${head.split(' ').slice(0, -1).join(' ')}<br>${head.split(' ').at(-1) ?? ''}</th>`)}</tr></thead><tbody>
${runs.map((run) => html`<tr><td>${run.label}</td><td>${verdictMark(run)}</td><td class="reasons">${reasonList(run)}</td>${tableColumns.map(({ value }) => html`<td class="number">${value(run)}</td>`)}</tr>`)}
</tbody></table>`;
}

function reasonList({ flags }: RunQuality): Markup {
  if (flags.length === 0) return html``;
  return html`<ul>${flags.map(({ reason }) => html`<li>${reason}</li>`)}</ul>`;
}

function noDesign(): Markup {
  return html`<h2>Design</h2><p class="note">No run has events that a design could be built from.</p>`;
}

function designSection({ run, matrix, correlations }: NonNullable<QualityPageContent['design']>): Markup {
  if (run.design === null) return noDesign();
  const { design, quality } = run.design;
  const pairs = strongestPairs(quality, 8);
  const inflated = quality.columns
    .map((column, at) => ({ name: design.names[column], role: design.roles[column], vif: quality.vif[at] }))
    .sort((a, b) => b.vif - a.vif)
    .slice(0, 8);
  const vif = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : 'infinite');
  return html`<h2>Design</h2>
<p>The design of ${run.label}, the run with the highest variance inflation, as the model fits it.</p>
<div class="pair">
<figure><div class="scroll">${trusted(matrix)}</div><figcaption>How to read it: time runs down in seconds, every column is a regressor. White is high, black is low, mid-grey is 0; each column is scaled by its own largest absolute value. Conditions should look different from each other.</figcaption></figure>
<figure><div class="scroll">${trusted(correlations)}</div><figcaption>How to read it: Pearson correlation of every two regressors; the constant is left out. Strong colour between two conditions means that their effects can hardly be told apart.</figcaption></figure>
</div>
<div class="pair">
<table><thead><tr><th>most correlated pairs</th><th></th><th class="number">r</th></tr></thead><tbody>${pairs.map(({ a, b, r }) => html`<tr><td>${design.names[a]}</td><td>${design.names[b]}</td><td class="number">${r.toFixed(2)}</td></tr>`)}</tbody></table>
<table><thead><tr><th>highest variance inflation</th><th></th><th class="number">VIF</th></tr></thead><tbody>${inflated.map(({ name, role, vif: value }) => html`<tr><td>${name}</td><td>${role}</td><td class="number">${vif(value)}</td></tr>`)}</tbody></table>
</div>`;
}

function runSection(run: RunQuality, { figures }: QualityPageContent, total: number): Markup {
  const found = figures.get(run.name);
  const open = run.flags.length > 0 || total <= openRuns ? 'open' : '';
  const { measures, nVolumes, tR } = run;
  return html`<details ${open}><summary>${verdictMark(run)} &nbsp; ${run.label}</summary>
${reasonList(run)}
<p class="note">${nVolumes} volumes every ${Number(tR.toFixed(4))} s (${(nVolumes * tR).toFixed(0)} s). tSNR ${short(measures.tsnr)}, detrended ${short(measures.tsnr_detrended)}; global correlation ${short(measures.gcor)}; lag-1 autocorrelation ${measures.lag1.toFixed(2)}; DVARS ${short(measures.dvars_nstd)} (0.1 % of the signal). ${run.motionSource === null ? 'No motion parameters were found: framewise displacement is not known.' : `Framewise displacement from ${run.motionSource}.`}${run.nConstant + run.nNotFinite > 0 ? ` Left out: ${run.nConstant} voxels that do not vary, ${run.nNotFinite} that are not finite.` : ''}</p>
${found === undefined ? '' : html`<figure><div class="scroll">${trusted(found.carpet)}</div></figure><figure><div class="scroll">${trusted(found.slices)}</div><figcaption>Detrended tSNR of this run (no unit), colours as above. The subject's left is on the left.</figcaption></figure>`}
</details>`;
}
