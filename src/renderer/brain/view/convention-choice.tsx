import { Button } from 'react-aria-components';
import { usePrefer, usePreferences } from '../../client/preferences.ts';

/** Asked once: on which side the subject's left is drawn. Shown in a corner ever after. */
export function ConventionQuestion() {
  const { conventionIsChosen } = usePreferences();
  const prefer = usePrefer();
  if (conventionIsChosen) return null;
  const choose = (convention: 'neurological' | 'radiological') =>
    prefer.mutate({ convention, conventionIsChosen: true });
  return (
    <section className="brain-question" aria-label="Convention">
      <p>
        On which side do you like to see the subject's left? L and R are always drawn; the data are never
        flipped.
      </p>
      <p className="actions">
        <Button onPress={() => choose('neurological')}>Left on the left (neurological)</Button>
        <Button onPress={() => choose('radiological')}>Left on the right (radiological)</Button>
      </p>
    </section>
  );
}

export function ConventionSwitch() {
  const { convention } = usePreferences();
  const prefer = usePrefer();
  const other = convention === 'neurological' ? 'radiological' : 'neurological';
  return (
    <Button
      aria-label={`${convention} convention; change to ${other}`}
      onPress={() => prefer.mutate({ convention: other, conventionIsChosen: true })}
    >
      {convention}
    </Button>
  );
}
