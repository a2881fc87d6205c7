import {
  numberLocales,
  oneSignedColourMaps,
  type Preferences,
  signedColourMaps,
} from '../../shared/preferences.ts';
import { numbersIn, usePrefer, usePreferences } from '../client/preferences.ts';
import { Choice, type Option } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';

const conventions: readonly Option<Preferences['convention']>[] = [
  { id: 'neurological', name: 'Neurological', description: "The subject's left is on the left." },
  { id: 'radiological', name: 'Radiological', description: "The subject's left is on the right." },
];

const noseSides: readonly Option<Preferences['noseSide']>[] = [
  { id: 'left', name: 'To the left' },
  { id: 'right', name: 'To the right' },
];

const localeNames: Readonly<Record<Preferences['numberLocale'], string>> = {
  system: 'As the system',
  en: 'English',
  de: 'German',
  fr: 'French',
  'de-CH': 'Swiss German',
  ja: 'Japanese',
};

const named = <Name extends string>(names: readonly Name[]): Option<Name>[] =>
  names.map((name) => ({ id: name, name }));

/** Orientation, colours, numbers: for this user, in every project. None of it changes a result. */
export function ViewSettings() {
  const { convention, noseSide, colourMaps, numberLocale } = usePreferences();
  const prefer = usePrefer();
  return (
    <>
      <p className="quiet">
        For you, in every project. L and R are always drawn; data is never flipped, and no result depends on
        this.
      </p>
      <div className="form">
        <Choice
          label="Orientation of slices"
          options={conventions}
          value={convention}
          onChange={(chosen) => prefer.mutate({ convention: chosen, conventionIsChosen: true })}
        />
        <Choice
          label="Nose in sagittal slices"
          options={noseSides}
          value={noseSide}
          onChange={(chosen) => prefer.mutate({ noseSide: chosen })}
        />
        <Choice
          label="Language of numbers"
          description={`10,000 and 0.931 are written ${numbersIn(numberLocale).count(10_000)} and ${numbersIn(numberLocale).measure(0.931)}. Exports always have a point.`}
          options={numberLocales.map((id) => ({ id, name: localeNames[id] }))}
          value={numberLocale}
          onChange={(chosen) => prefer.mutate({ numberLocale: chosen })}
        />
        <Choice
          label="Colours of signed values"
          options={named(signedColourMaps)}
          value={colourMaps.signed}
          onChange={(signed) => prefer.mutate({ colourMaps: { ...colourMaps, signed } })}
        />
        <Choice
          label="Colours of values of one sign"
          options={named(oneSignedColourMaps)}
          value={colourMaps.oneSigned}
          onChange={(oneSigned) => prefer.mutate({ colourMaps: { ...colourMaps, oneSigned } })}
        />
      </div>
      {prefer.error && <ProblemView error={prefer.error} />}
    </>
  );
}
