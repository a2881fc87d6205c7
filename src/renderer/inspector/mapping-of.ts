import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import type { Selection } from '../app/selection.ts';
import { queries } from '../client/api.ts';

/** A mapping that weights and codes are looked up in. */
export interface MappingName {
  readonly project: string;
  readonly subject: string;
  readonly model: string;
}

/** The mapping that the selection means: of the selected subject and model, else the first that there is; null: none. */
export function useMapping({ subject, model }: Selection): MappingName | null {
  const { id } = useProject();
  const { data } = useQuery(queries.decoding.mappings.queryOptions({ input: { project: id } }));
  const names = (data ?? []).map(({ name }) => {
    const at = name.indexOf('/');
    return { subject: name.slice(0, at), model: name.slice(at + 1) };
  });
  // The article's own kind of model is named so by default.
  const best = (name: { readonly subject: string; readonly model: string }) =>
    Number(name.subject === subject) * 4 + Number(name.model === model) * 2 + Number(name.model === 'vaegan');
  const [found] = names.toSorted((a, b) => best(b) - best(a));
  return found === undefined ? null : { project: id, ...found };
}
