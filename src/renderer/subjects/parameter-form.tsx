import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { FitParameter } from '../../shared/contract/subjects.ts';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { TextInput } from '../components/text-input.tsx';
import { type FitSettings, settingOf, withSetting } from './fit-settings.ts';

interface ParameterFormProps {
  readonly settings: FitSettings['settings'];
  readonly onChange: (settings: FitSettings['settings']) => void;
}

const groups: Readonly<Record<FitParameter['group'], string>> = {
  response: 'Response',
  drift: 'Drift',
  confounds: 'Confounds',
  censoring: 'Volumes left out',
};

/** The model of a run: every setting with its default, what the article did, and where that is from. */
export function ParameterForm({ settings, onChange }: ParameterFormProps) {
  const parameters = useQuery(queries.subjects.fitParameters.queryOptions());
  if (parameters.error) return <ProblemView error={parameters.error} />;
  const names = Object.keys(groups) as FitParameter['group'][];
  return (
    <div className="stack">
      {names.map((group) => (
        <fieldset key={group} className="parameters">
          <legend>{groups[group]}</legend>
          <div className="form">
            {parameters.data
              ?.filter((parameter) => parameter.group === group)
              .map((parameter) => (
                <div key={parameter.key} className="parameter">
                  <Parameter
                    parameter={parameter}
                    value={settingOf(settings, parameter)}
                    onChange={(value) => onChange(withSetting(settings, parameter.key, value))}
                  />
                  <p className="provenance">
                    Default {shown(parameter.default)}
                    {parameter.unit === null ? '' : ` ${parameter.unit}`}; the paper
                    {parameter.paper === null ? ' does not say' : `: ${parameter.paper}`}. Source:{' '}
                    {parameter.source}.
                  </p>
                </div>
              ))}
          </div>
        </fieldset>
      ))}
      <p className="actions">
        <Button onPress={() => onChange({})}>Back to the defaults</Button>
        <Button onPress={() => onChange({ ...settings, motion: 6, convention: 'spm' })}>
          As the paper, where it says
        </Button>
      </p>
    </div>
  );
}

type Value = ReturnType<typeof settingOf>;

interface ParameterProps {
  readonly parameter: FitParameter;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function Parameter({ parameter: { name, description, unit, control }, value, onChange }: ParameterProps) {
  switch (control.kind) {
    case 'choice':
      return (
        <Choice
          label={name}
          description={description}
          options={control.options.map((option) => ({ id: option, name: option }))}
          value={String(value)}
          onChange={(option) => onChange(control.isNumber ? Number(option) : option)}
        />
      );
    case 'number':
      return (
        <NumberInput
          label={name}
          description={description}
          {...(unit === null ? {} : { unit })}
          minValue={control.min}
          step={control.step}
          formatOptions={{ maximumFractionDigits: 4 }}
          value={typeof value === 'number' ? value : Number.NaN}
          onChange={(number) => {
            if (!Number.isNaN(number)) onChange(number);
            else if (control.optional) onChange(null);
          }}
        />
      );
    case 'words':
      return (
        <TextInput
          label={name}
          description={description}
          value={Array.isArray(value) ? value.join(', ') : ''}
          onChange={(text) => onChange(text === '' ? [] : text.split(/,\s*/))}
        />
      );
  }
}

function shown(value: FitParameter['default']): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return String(value);
}
