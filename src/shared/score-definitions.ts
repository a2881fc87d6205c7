/** What a score or a test is, in words. The guide holds the same words (see `page`), and a test holds the two together. */
export interface ScoreDefinition {
  readonly title: string;
  /** Its formula, as the page of the guide writes it. */
  readonly words: string;
  /** Where it comes from. */
  readonly reference: string;
  /** Page of docs/guide that writes it out in full. */
  readonly page: 'scores' | 'attributes' | 'imagery' | 'learning-curve' | 'maps' | 'app-rating';
}

const paper = 'VanRullen & Reddy (2019), doi 10.1038/s42003-019-0438-y';
const ssim = 'Wang et al. (2004), doi 10.1109/TIP.2003.819861';

/** Every definition that a stored score can bear, by its name and version. */
export const scoreDefinitions: Readonly<Record<string, ScoreDefinition>> = {
  'pairwise-pearson/1': {
    title: 'Pairwise identification',
    words:
      'For each test face the share of the n - 1 other faces j with r_ii > r_ij; a tie counts one half. The score is the mean over test faces',
    reference: paper,
    page: 'scores',
  },
  'nway-pearson/1': {
    title: 'Full identification',
    words:
      'The share of test faces whose own code beats all others: r_ii > r_ij for every j. A tie does not count as beaten.',
    reference: paper,
    page: 'scores',
  },
  'retrieval-pearson/1': {
    title: 'Retrieval',
    words:
      'The chance that a face is among the best top of ways candidates: itself and ways - 1 others drawn at random without replacement, averaged over all such draws and over test faces.',
    reference: 'hypergeometric distribution, in closed form',
    page: 'scores',
  },
  'ssim-grey-gaussian/1': {
    title: 'Structural similarity',
    words:
      "Structural similarity (Wang et al. 2004) of the reconstruction and the picture shown, both at the model's size, values 0..1, on grey values (Rec. 601 luma: 0.299, 0.587, 0.114). Gaussian weights of sigma 1.5 over 11 x 11 pixels",
    reference: ssim,
    page: 'scores',
  },
  'ssim-matlab-grey/1': {
    title: "Structural similarity as MATLAB's ssim has it",
    words:
      "The same with the mean over all pixels, the picture being continued by its outermost ones: MATLAB's ssim with its defaults, on grey values.",
    reference: `${ssim}; ${paper}`,
    page: 'scores',
  },
  'pixcorr-rgb/1': {
    title: 'Pixel correlation',
    words: "Pearson's correlation over all values of both pictures, colours included.",
    reference: 'Pearson (1896)',
    page: 'scores',
  },
  'two-way-features/1': {
    title: 'Two-way identification of features',
    words:
      "For each decoded picture, the share of the other originals whose features correlate with its own less than its true original's do, in one layer of a network; ties count one half.",
    reference: 'as reconstructions are compared since Shen et al. (2019), doi 10.1371/journal.pcbi.1006633',
    page: 'scores',
  },
  'noise-ceiling-halves/1': {
    title: 'Noise ceiling by halves of the runs',
    words:
      "two-way identification between the two: the share of the other faces whose code from one half correlates less with a face's code from the other half than its own does, ties one half; the mean over faces and over both ways round.",
    reference: 'what the noise of half of the runs leaves to be decoded',
    page: 'scores',
  },
  'axis-midpoint/1': {
    title: 'Gender read from codes, parted half way',
    words: 'the side of the mid-point between the two means.',
    reference: paper,
    page: 'scores',
  },
  'axis-origin/1': {
    title: 'Gender read from codes, as published',
    words: 'the sign of the projection of the code on the axis, as published.',
    reference: paper,
    page: 'scores',
  },
  'imagery-rank/1': {
    title: 'Imagined face among its candidates',
    words:
      'The code that was decoded from the imagery pattern is correlated with the codes of all candidates. The score is the share of the other candidates that the imagined face beats, ties one half.',
    reference: paper,
    page: 'scores',
  },
  'imagery-seen-ceiling/1': {
    title: 'Ceiling by seen faces',
    words:
      'the seen test faces in the place of the imagined one: each told by its decoded code from the same distractors.',
    reference: 'what seeing reaches bounds what imagining can',
    page: 'imagery',
  },
  'imagery-split-half/1': {
    title: 'Agreement of halves of the trials',
    words:
      'correlation over latents of the codes decoded from two halves of the trials (every other run with imagery), and of all trials by Spearman and Brown',
    reference: 'Spearman (1910), Brown (1910)',
    page: 'imagery',
  },
  'attribute-axis-origin/1': {
    title: 'Attribute, by the sign of the axis',
    words:
      'mean code of the class less mean code of the others | through the origin: the sign of the projection, as published',
    reference: paper,
    page: 'attributes',
  },
  'attribute-axis-midpoint/1': {
    title: 'Attribute, half way along the axis',
    words: 'the same | half way between the two means',
    reference: paper,
    page: 'attributes',
  },
  'attribute-ridge-discriminant/1': {
    title: 'Attribute, by a linear discriminant',
    words:
      'ridge regression on the class, that is, linear discriminant analysis with a shrunk covariance; penalty by cross-validation over folds of the labelled set',
    reference: 'Friedman (1989), doi 10.2307/2289860',
    page: 'attributes',
  },
  'attribute-ridge-midpoint/1': {
    title: 'Attribute, by a discriminant parted half way',
    words: 'the same | half way between the two means',
    reference: 'Friedman (1989), doi 10.2307/2289860',
    page: 'attributes',
  },
  'number-axis/1': {
    title: 'Number, along the slope of the code',
    words: 'Numbers are read by the slope of the code on the number',
    reference: 'judged by correlation with the true number',
    page: 'attributes',
  },
  'number-ridge/1': {
    title: 'Number, by ridge regression',
    words: 'and by ridge regression (number-ridge/1), and judged by their correlation r.',
    reference: 'Hoerl & Kennard (1970), doi 10.1080/00401706.1970.10488634',
    page: 'attributes',
  },
  'learning-curve/1': {
    title: 'Learning curve',
    words:
      'A point is trained on the first folds, whole runs of them; it stands at the number of faces that there is nearest to the one asked for.',
    reference: paper,
    page: 'learning-curve',
  },
  'region-loss/1': {
    title: 'What a region adds',
    words: 'all voxels less all others: mean over test faces, with a 95 % interval by bootstrap over faces',
    reference: 'Wilcoxon (1945), doi 10.2307/3001968',
    page: 'maps',
  },
  'rating-preference/1': {
    title: 'Human preference',
    words:
      'the share of ratings that preferred the first; p by the exact binomial test against one half, two-sided.',
    reference: paper,
    page: 'app-rating',
  },
  'fleiss-kappa/1': {
    title: "Fleiss' kappa",
    words: "Fleiss' kappa over the faces that every rater rated; 1: all agree, 0: as much as chance brings",
    reference: 'Fleiss (1971), doi 10.1037/h0031619',
    page: 'app-rating',
  },
};

/** Every test that a stored p can bear. */
export const testDefinitions: Readonly<Record<string, ScoreDefinition>> = {
  'stimulus-permutation/1': {
    title: 'permutation of stimuli',
    words:
      'which true code (or picture) belongs to which decoded one is permuted, all n at once, N times (--permutations, default 10,000). p = (1 + permutations that score at least as high) / (1 + N)',
    reference: 'Phipson & Smyth (2010), doi 10.2202/1544-6115.1585',
    page: 'scores',
  },
  'rank-sum-monte-carlo/1': {
    title: 'rank sum, drawn',
    words:
      'The distractors that each face beats are summed and compared with 10^6 draws of n uniform ranks 0..n-1; p = (1 + draws that reach the sum) / (1 + draws).',
    reference: paper,
    page: 'scores',
  },
  'rank-sum-exact/1': {
    title: 'rank sum, exact',
    words: 'the same without drawing, by convolution of the n uniform distributions.',
    reference: paper,
    page: 'scores',
  },
  'binomial/1': {
    title: 'binomial test',
    words:
      'the exact upper tail of the binomial distribution with the chance of the score. It takes the test faces as independent.',
    reference: paper,
    page: 'scores',
  },
  'rank-exact/1': {
    title: 'exact rank',
    words: 'rank of the imagined face over the number of candidates.',
    reference: paper,
    page: 'scores',
  },
};

/** The definition of a score or a test by its name and version; undefined for one of another version of the program. */
export function definitionOf(name: string): ScoreDefinition | undefined {
  return scoreDefinitions[name] ?? testDefinitions[name];
}
