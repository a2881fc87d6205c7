import type { Metric } from '../../shared/evaluation.ts';
import { type SentenceOptions, scoreSentence } from '../../shared/score-sentence.ts';
import { DefinitionButton } from './definition-button.tsx';
import { ScoreBar } from './score-bar.tsx';

type Shown = Pick<Metric, 'definition' | 'value' | 'n'> & Partial<Metric>;

/** A score as a sentence that opens its definition, with its interval and chance drawn. */
export function ScoreLine({ score, ...options }: { readonly score: Shown } & SentenceOptions) {
  const definitions = [score.definition, score.test, score.publishedTest].filter(
    (name) => name !== undefined,
  );
  return (
    <div className="score-line">
      <ScoreBar score={score} />
      <div>
        <DefinitionButton definitions={definitions}>{scoreSentence(score, options)}</DefinitionButton>
        {score.reason !== undefined && score.value !== null && <p className="quiet">{score.reason}</p>}
      </div>
    </div>
  );
}
