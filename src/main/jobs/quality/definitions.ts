import { html, type Markup } from '../../formats/html/html.ts';
import { smallestChange, spikeZ } from '../../qc/slice-spikes.ts';
import { deviationZ, fewestRuns } from '../../qc/study-outliers.ts';
import { trendOrder } from '../../qc/voxel-statistics.ts';
import { carpetRange } from './carpet-figure.ts';

const entries: readonly (readonly [term: string, definition: string])[] = [
  [
    'tSNR',
    `Temporal signal-to-noise ratio of a voxel: mean over time divided by the standard deviation over time (divided by n). As MRIQC, the table's value is the median over the mask. "Detrended" takes polynomials up to order ${trendOrder} out before the standard deviation. Higher is better; it depends on voxel size, field and sequence, so it is compared between runs of one study only.`,
  ],
  [
    'FD, framewise displacement',
    'Sum of the absolute changes of the six parameters of rigid head motion since the volume before, in mm; rotations are arcs on a sphere of 50 mm. Power et al. (2012), NeuroImage 59:2142, doi 10.1016/j.neuroimage.2011.10.018.',
  ],
  [
    'DVARS',
    'Root mean square over voxels of the change since the volume before, with the run scaled to a median of 1000, so that 10 is 1 % of the signal. Power et al. (2012).',
  ],
  [
    'std. DVARS',
    "DVARS divided by what noise alone would give: the mean over voxels of the robust standard deviation (interquartile range / 1.349) times the square root of 2 (1 - r1), r1 the lag-1 autocorrelation. It is fMRIPrep's std_dvars; 1 is undisturbed noise. Nichols (2017), Notes on creating a standardized version of DVARS, arXiv 1704.01469. Noise that voxels share makes it vary, so a volume is flagged only where it also stands out of the run's own noise: the cube root of squared DVARS against its median and lower quartile, Bonferroni at 5 % over the volumes, after Afyouni and Nichols (2018), NeuroImage 172:291, doi 10.1016/j.neuroimage.2017.12.098.",
  ],
  [
    'Outliers',
    "Share of a volume's voxels whose value lies further from the voxel's median than alpha times sqrt(pi/2) times the median absolute deviation; alpha is the normal deviate exceeded with probability 0.001 / (number of volumes). AFNI's 3dToutcount with -polort 0; the mean over volumes is MRIQC's aor.",
  ],
  [
    'Signal (global signal)',
    'Mean over the voxels of the mask, shown in per cent of its mean over the run, trends included.',
  ],
  [
    'Drift',
    `Largest minus smallest value of the polynomial of order ${trendOrder} fitted to the global signal, in per cent of its mean.`,
  ],
  [
    'Carpet',
    `Every voxel's course over time after polynomials up to order ${trendOrder} are taken out, grouped by tissue where masks are known and ordered by mean signal, averaged into rows, each row in its own robust standard deviations: black is -${carpetRange}, white is +${carpetRange}. Power (2017), NeuroImage 154:150, doi 10.1016/j.neuroimage.2016.08.009.`,
  ],
  [
    'Slice that stands out',
    `The mean of a slice (third axis of the image) relative to its own median, less the median change of all slices of that volume, beyond ${spikeZ} robust standard deviations and ${100 * smallestChange} %; slices with fewer than 20 voxels of the brain are not judged.`,
  ],
  [
    'Global correlation',
    'Mean of all pairwise correlations between voxels. Saad et al. (2013), Brain Connectivity 3:339, doi 10.1089/brain.2013.0156.',
  ],
  [
    'Deviates from the other runs',
    `Robust z: distance from the median over runs, divided by 1.4826 times the median absolute deviation (or by a least spread, so that runs that hardly differ do not accuse each other). A run is marked beyond ${deviationZ} (Iglewicz and Hoaglin 1993) on the side that is worse; at least ${fewestRuns} runs are needed.`,
  ],
  [
    'Variance inflation (VIF)',
    "How much the variance of a regressor's estimate grows because other columns resemble it: 1 / (1 - R²), R² of the column by all others. 1 is none; above 10 an effect can hardly be estimated by itself. The drift columns and confounds count among the others.",
  ],
  [
    'Limits for whole runs',
    'Mean FD above 0.5 mm, displacements above 5 mm, and more than 20 % of volumes over a threshold follow the criteria compared by Parkes et al. (2018), NeuroImage 171:415, doi 10.1016/j.neuroimage.2017.12.073. Names of measures follow MRIQC: Esteban et al. (2017), PLOS ONE 12:e0184661, doi 10.1371/journal.pone.0184661.',
  ],
];

export function definitionList(): Markup {
  return html`<dl>${entries.map(([term, definition]) => html`<dt>${term}</dt><dd>${definition}</dd>`)}</dl>`;
}
