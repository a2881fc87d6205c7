import type { Preference, RatingSession, RatingSummary } from '../../../shared/contract/rating.ts';
import { binomialTest } from '../../math/binomial-test.ts';
import { fleissKappa } from '../../math/fleiss-kappa.ts';
import { mean } from '../../math/statistics.ts';
import { wilcoxonSignedRank } from '../../math/wilcoxon.ts';
import type { RatingItem, RatingRecord } from '../../store/ratings.ts';

type Rating = Pick<RatingRecord, 'rater' | 'item' | 'choice'>;

/** What the ratings of a session say. */
export function summarise(
  session: RatingSession,
  items: readonly RatingItem[],
  ratings: readonly Rating[],
): RatingSummary {
  const byRater = Map.groupBy(ratings, ({ rater }) => rater);
  const bySubject = Map.groupBy(ratings, ({ item }) => items[item].subject);
  const byItem = Map.groupBy(ratings, ({ item }) => item);
  const share = (own: readonly Rating[]) => countFirst(own) / own.length;
  return {
    session,
    all: ratings.length === 0 ? null : preferenceOf(ratings),
    raters: [...byRater].map(([rater, own]) => ({ rater, ...preferenceOf(own) })),
    subjects: [...bySubject].map(([subject, own]) => ({ subject, ...preferenceOf(own) })),
    overRaters: against([...byRater.values()].map(share)),
    overFaces: against([...byItem.values()].map(share)),
    agreement: agreementOf([...byItem.values()], byRater.size),
  };
}

const countFirst = (ratings: readonly Rating[]) => ratings.filter(({ choice }) => choice === 'first').length;

function preferenceOf(ratings: readonly Rating[]): Preference {
  const [n, preferFirst] = [ratings.length, countFirst(ratings)];
  const { share, p, interval } = binomialTest(preferFirst, n, 0.5, { alternative: 'two-sided' });
  return { n, preferFirst, share, lower: interval[0], upper: interval[1], p };
}

/** Shares against one half; null for fewer than two. */
function against(shares: readonly number[]): { n: number; mean: number; p: number } | null {
  if (shares.length < 2) return null;
  // Shares that should be one half differ by rounding.
  const differences = shares.map((share) => (Math.abs(share - 0.5) < 1e-12 ? 0 : share - 0.5));
  return { n: shares.length, mean: mean(shares), p: wilcoxonSignedRank(differences).p };
}

/** Over what every rater rated; null for one rater, or where they rated nothing in common. */
function agreementOf(byItem: readonly (readonly Rating[])[], nRaters: number): RatingSummary['agreement'] {
  const complete = byItem.filter((own) => own.length === nRaters);
  if (nRaters < 2 || complete.length === 0) return null;
  return fleissKappa(complete.map((own) => [countFirst(own), own.length - countFirst(own)]));
}
