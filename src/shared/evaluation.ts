/** A score with what is needed to judge it. */
export interface Score {
  readonly value: number;
  /** 95 % confidence interval over stimuli. */
  readonly lower?: number;
  readonly upper?: number;
  readonly p?: number;
  /** What guessing would score. */
  readonly chance: number;
  /** What the value is a mean over: test faces, or candidates. */
  readonly n: number;
}

export interface RegionEvaluation {
  /** `all` selected voxels, or one region of them. */
  readonly name: string;
  readonly nVoxels: number;
  /** Of all voxels but those of one region: that region. */
  readonly excluded?: string;
  readonly pairwise: Score;
  /** Share of faces whose target beats all other test faces. */
  readonly nWay: Score;
  /** Read from decoded codes; null where the faces have no such label. */
  readonly gender: Score | null;
  /** The imagined face among its candidates; null where none was imagined or it is not known which. */
  readonly imagery: Score | null;
}

export interface FaceEvaluation {
  readonly stimulus: string;
  readonly pairwise: number;
  /** 1 when the target is the most similar of all test faces. */
  readonly rank: number;
  /** Null where the picture that was shown is not at hand. */
  readonly ssim: number | null;
  readonly pixCorr: number | null;
}

export interface ImageScores {
  /** Structural similarity, mean over test faces. */
  readonly ssim: number;
  /** Pearson correlation of all colour values, mean over test faces. */
  readonly pixCorr: number;
}

/** How well one subject's patterns were decoded through one latent model. */
export interface Evaluation {
  readonly subject: string;
  readonly model: {
    readonly name: string;
    readonly kind: 'vaegan' | 'vae' | 'pca';
    readonly latentDim: number;
    readonly imageSize: number;
  };
  readonly nTestFaces: number;
  /** `all` first. */
  readonly regions: readonly RegionEvaluation[];
  /** Images decoded from the brain against the originals; null where these are not at hand. */
  readonly decoded: ImageScores | null;
  /** The model's own reconstructions against the originals: what perfect decoding would reach. */
  readonly own: ImageScores | null;
  /** Gender read from the true codes of the test faces. */
  readonly trueGender: Score | null;
  readonly faces: readonly FaceEvaluation[];
}

/** A score as the project keeps it: what was scored, by which definition. */
export interface Metric {
  readonly name: string;
  /** Name and version of the definition, e.g. `pairwise-pearson/1`. */
  readonly definition: string;
  readonly subject: string;
  readonly model: string;
  readonly region: string;
  readonly value: number;
  readonly lower?: number;
  readonly upper?: number;
  readonly p?: number;
  readonly chance?: number;
  /** What the value is a mean over: test faces, trials. */
  readonly n: number;
}
