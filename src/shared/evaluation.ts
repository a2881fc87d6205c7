/** `evaluation.json` of this version is written; a change that old readers would misread raises it. */
export const evaluationVersion = 2;

/** How a p was found. The guide's `scores.md` writes the tests out. */
export interface ScoreTest {
  /** Such as `stimulus-permutation/1` or `rank-sum-monte-carlo/1`. */
  readonly name: string;
  readonly p: number;
}

/** A score with what is needed to judge it. */
export interface Score {
  /** Null where it could not be computed: `reason` says why. */
  readonly value: number | null;
  /** 95 % confidence interval over stimuli. */
  readonly lower?: number;
  readonly upper?: number;
  /** Of the first of `tests`. */
  readonly p?: number;
  /** Stimuli exchanged where that can be done; then the published test, then the exact one beside it. */
  readonly tests?: readonly ScoreTest[];
  /** `p`, adjusted for the false discovery rate over the regions that were scored alike. */
  readonly adjustedP?: number;
  /** What guessing would score; absent where nobody knows it. */
  readonly chance?: number;
  /** What the value is a mean over: test faces, or candidates. */
  readonly n: number;
  /** Why the value, its interval or its p is missing, or what is to be known of it. */
  readonly reason?: string;
}

/** Whether the true face is among the best `top` of it and `ways - 1` others drawn at random. */
export interface RetrievalScore extends Score {
  readonly ways: number;
  readonly top: number;
}

/** Two-way identification in the features of one layer of a network that looks at the pictures. */
export interface FeatureScores {
  /** The discriminator of which model, or the file of an ONNX model; and its layer or output. */
  readonly network: string;
  readonly layer: string;
  /** Numbers an image. */
  readonly nFeatures: number;
  readonly decoded: Score;
  /** The model's own reconstructions: what perfect decoding would reach. */
  readonly own: Score;
}

export interface RegionEvaluation {
  /** `all` selected voxels, one region of them, or `without-` one region. */
  readonly name: string;
  readonly nVoxels: number;
  /** The region that was left out, where one was. */
  readonly excluded?: string;
  readonly pairwise: Score;
  /** Share of faces whose target beats all other test faces. */
  readonly nWay: Score;
  readonly retrieval: readonly RetrievalScore[];
  /** Read from decoded codes, parted at the mid-point of the two classes; null where it was not asked for. */
  readonly gender: Score | null;
  /** The same by the sign of the projection, as published. */
  readonly genderPublished: Score | null;
  /**
   * Two-way identification between codes of the same faces from two halves of the runs: how far noise bounds what is decoded.
   * Absent in evaluations of before it was taken.
   */
  readonly ceiling?: Score;
  /** The imagined face among its candidates; null where none was imagined or it is not known which. */
  readonly imagery: Score | null;
}

export interface FaceEvaluation {
  readonly stimulus: string;
  /** Null where there is one test face alone. */
  readonly pairwise: number | null;
  /** 1 when the target is the most similar of all test faces. */
  readonly rank: number | null;
  /** Null where the picture that was shown is not at hand. */
  readonly ssim: number | null;
  readonly pixCorr: number | null;
}

/** Means over test faces. */
export interface ImageScores {
  /** Structural similarity as later work defines it. */
  readonly ssim: Score;
  /** Structural similarity by MATLAB's `ssim`, which the published analysis was written for. */
  readonly ssimPublished: Score;
  /** Pearson correlation of all colour values. */
  readonly pixCorr: Score;
}

/** How well one subject's patterns were decoded through one latent model. */
export interface Evaluation {
  /** `evaluationVersion` of when it was written. */
  readonly version: number;
  readonly subject: string;
  readonly decoder: string;
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
  /** By the networks that look at the pictures; empty where there is none, or the originals are not at hand. */
  readonly features: readonly FeatureScores[];
  /** Gender read from the true codes of the test faces: at the mid-point, and by the sign as published. */
  readonly trueGender: Score | null;
  readonly trueGenderPublished: Score | null;
  readonly faces: readonly FaceEvaluation[];
}

/** A score as the project keeps it: what was scored, by which definition. */
export interface Metric {
  readonly name: string;
  /** Name and version of the definition, e.g. `pairwise-pearson/1`. */
  readonly definition: string;
  readonly subject: string;
  readonly model: string;
  /** Such as `pseudo-inverse`. */
  readonly decoder: string;
  readonly region: string;
  /** Null where it could not be computed: `reason` says why. */
  readonly value: number | null;
  readonly lower?: number;
  readonly upper?: number;
  readonly p?: number;
  /** The test of `p`, with its version. */
  readonly test?: string;
  readonly adjustedP?: number;
  /** By the test of the published study, where that is another one. */
  readonly publishedP?: number;
  readonly publishedTest?: string;
  readonly chance?: number;
  /** What the value is a mean over: test faces, trials. */
  readonly n: number;
  readonly reason?: string;
}
