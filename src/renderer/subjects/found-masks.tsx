import type { RunFiles, StudyFiles } from '../../shared/contract/subjects.ts';

interface FoundMasksProps {
  readonly subject: StudyFiles['subjects'][number];
  readonly runs: readonly RunFiles[];
}

/** The masks that lie there, which of them an analysis takes by itself, and the tables of confounds. */
export function FoundMasks({ subject: { masks, mask }, runs }: FoundMasksProps) {
  const withConfounds = runs.filter(({ confoundsPath }) => confoundsPath !== null).length;
  return (
    <>
      <p>
        {mask === null
          ? 'No mask of grey matter or of the brain was found: the brain is looked for in the mean image of the first run. '
          : 'The marked mask is taken unless another one is named when the model is fitted. '}
        {withConfounds === 0
          ? 'No run has a table of confounds: head motion cannot be modelled, nor framewise displacement shown.'
          : `${withConfounds} of ${runs.length} runs have a table of confounds; which columns are taken is chosen when the model is fitted.`}
      </p>
      {masks.length > 0 && (
        <ul className="masks">
          {masks.map(({ name, path, danglingLink, space, isGreyMatter }) => (
            <li key={path} aria-current={path === mask ? 'true' : undefined}>
              <strong>{name}</strong>
              {isGreyMatter && ' (probability of grey matter)'}
              {space !== null && `, ${space}`}
              {danglingLink !== null && ', its content is not there'}
              {path === mask && ' ← taken'}
              <span className="path">{path}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
