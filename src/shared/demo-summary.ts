export interface ModelScores {
  readonly pairwise: number;
  readonly pairwiseP: number;
  readonly nWay: number;
  readonly ssim: number;
  readonly pixCorr: number;
}

/** `summary.json` of a demo. Shares are 0..1, times in seconds. */
export interface DemoSummary {
  readonly engine: string;
  /** Computing time of all stages, all attempts together. */
  readonly seconds: number;
  readonly peakRssBytes: number;
  readonly seed: number;
  readonly models: { readonly vaegan: ModelScores; readonly pca: ModelScores };
  readonly gender: { readonly accuracy: number; readonly p: number };
  /** In the temporal region, where the paper found it. */
  readonly imagery: { readonly pairwise: number; readonly p: number; readonly region: string };
  readonly regions: readonly { readonly name: string; readonly pairwise: number }[];
  readonly shuffledEvents: boolean;
}
