import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'react-aria-components';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';

interface PresetTableProps {
  readonly preset: 'paper' | 'small' | 'tiny';
  /** The values of the model it forks from hold where nothing is changed; they are not those of the preset. */
  readonly isFork: boolean;
  /** What was changed, by path, as it was written. */
  readonly changes: Readonly<Record<string, string>>;
  readonly onChange: (changes: Readonly<Record<string, string>>) => void;
}

/** Every value of a preset, what it means, the paper's, and where that is from; each can be changed. */
export function PresetTable({ preset, isFork, changes, onChange }: PresetTableProps) {
  const rows = useQuery(queries.models.preset.queryOptions({ input: { preset } }));
  const changed = Object.keys(changes).length;
  if (rows.error) return <ProblemView error={rows.error} />;
  return (
    <details className="preset">
      <summary>
        All {rows.data?.length ?? ''} values
        {changed > 0 && `, ${changed} changed`}
      </summary>
      <p className="actions">
        <Button isDisabled={changed === 0} onPress={() => onChange({})}>
          Back to {isFork ? "the model's own values" : 'the preset'}
        </Button>
      </p>
      <div className="preset-scroll">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Value</th>
              <th scope="col">{isFork ? 'Changed to' : preset}</th>
              <th scope="col">Paper</th>
              <th scope="col">Meaning</th>
              <th scope="col">Source of the default</th>
            </tr>
          </thead>
          <tbody>
            {rows.data?.map(({ path, value, paper, meaning, source }) => (
              <tr key={path} data-changed={path in changes}>
                <th scope="row">
                  <code>{path}</code>
                </th>
                <td>
                  <Input
                    aria-label={path}
                    placeholder={isFork ? "the model's own" : written(value)}
                    value={changes[path] ?? (isFork ? '' : written(value))}
                    onChange={({ target }) =>
                      onChange(changedTo(changes, path, target.value, written(value), isFork))
                    }
                  />
                </td>
                <td>{written(paper)}</td>
                <td>{meaning}</td>
                <td className="quiet">{source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function changedTo(
  changes: Readonly<Record<string, string>>,
  path: string,
  text: string,
  usual: string,
  isFork: boolean,
): Readonly<Record<string, string>> {
  const { [path]: _, ...rest } = changes;
  const isUsual = text === '' || (!isFork && text === usual);
  return isUsual ? rest : { ...rest, [path]: text };
}
