import { Choice } from '../components/choice.tsx';
import { NumberInput } from '../components/number-input.tsx';
import type { Rule } from './fit-settings.ts';

interface RuleInputProps {
  readonly label: string;
  readonly rule: Rule;
  readonly onChange: (rule: Rule) => void;
  readonly provenance: string;
}

const kinds = [
  { id: 'fdr', name: 'false discovery rate' },
  { id: 'p', name: 'p, uncorrected' },
  { id: 'fraction', name: 'the best share' },
  { id: 'count', name: 'the best, by number' },
  { id: 'threshold', name: 'statistic above' },
  { id: 'all', name: 'does not count' },
] as const;

/** Each kind of rule as it begins. */
const beginnings: Readonly<Record<Rule['kind'], Rule>> = {
  fdr: { kind: 'fdr', q: 0.05 },
  p: { kind: 'p', p: 0.001 },
  fraction: { kind: 'fraction', keep: 2 / 3 },
  count: { kind: 'count', keep: 1000 },
  threshold: { kind: 'threshold', statistic: 3 },
  all: { kind: 'all' },
};

/** Where the line is drawn that voxels must pass. */
export function RuleInput({ label, rule, onChange, provenance }: RuleInputProps) {
  const number = (name: string, value: number, step: number, make: (value: number) => Rule) => (
    <NumberInput
      label={name}
      value={value}
      minValue={step}
      step={step}
      {...(rule.kind === 'count' || rule.kind === 'threshold' ? {} : { maxValue: 1 })}
      formatOptions={{ maximumFractionDigits: 4 }}
      onChange={(given) => {
        if (!Number.isNaN(given)) onChange(make(given));
      }}
    />
  );
  return (
    <div className="parameter">
      <Choice
        label={label}
        options={kinds}
        value={rule.kind}
        onChange={(kind) => onChange(beginnings[kind])}
      />
      {rule.kind === 'fdr' && number('q', rule.q, 0.001, (q) => ({ kind: 'fdr', q }))}
      {rule.kind === 'p' && number('p', rule.p, 0.0001, (p) => ({ kind: 'p', p }))}
      {rule.kind === 'fraction' &&
        number('Share kept', rule.keep, 0.0001, (keep) => ({ kind: 'fraction', keep }))}
      {rule.kind === 'count' && number('Voxels kept', rule.keep, 1, (keep) => ({ kind: 'count', keep }))}
      {rule.kind === 'threshold' &&
        number('|t|, or F', rule.statistic, 0.1, (statistic) => ({ kind: 'threshold', statistic }))}
      <p className="provenance">{provenance}</p>
    </div>
  );
}
