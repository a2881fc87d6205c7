import { useQuery } from '@tanstack/react-query';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';

/** What an evaluation is of. */
export interface Evaluated {
  /** The entry: `01/vaegan`, `01/vaegan/ridge`. */
  readonly name: string;
  readonly subject: string;
  readonly model: string;
  readonly decoder: string;
}

/** Parts of an entry's name. Subjects and models bear no slash. */
export function partsOf(name: string): Evaluated {
  const [subject, model, decoder = publishedDecoder] = name.split('/');
  return { name, subject, model, decoder };
}

/** What was decoded and what of it was evaluated; null while it is being asked for. */
export function useResults() {
  const project = useProject().id;
  const evaluations = useQuery(queries.evaluation.list.queryOptions({ input: { project } }));
  const decodings = useQuery(queries.decoding.list.queryOptions({ input: { project } }));
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const error = evaluations.error ?? decodings.error ?? models.error;
  if (evaluations.data === undefined || decodings.data === undefined || models.data === undefined)
    return { error, results: null };
  const kinds = new Map(models.data.map(({ name, kind }) => [name, kind]));
  const inOrder = (found: readonly { readonly name: string }[]) =>
    found.map(({ name }) => partsOf(name)).sort((a, b) => placeOf(a, kinds) - placeOf(b, kinds));
  const decoded = inOrder(decodings.data);
  const scored = inOrder(evaluations.data);
  const all = [...scored, ...decoded.filter(({ name }) => !scored.some((one) => one.name === name))];
  return { error, results: { all, scored } };
}

const kindOrder = ['vaegan', 'vae', 'pca'];
const decoderOrder: readonly string[] = decoderKinds;

/** The article's own model and decoder first. */
function placeOf({ model, decoder }: Evaluated, kinds: ReadonlyMap<string, string>): number {
  return decoderOrder.indexOf(decoder) * 10 + kindOrder.indexOf(kinds.get(model) ?? 'vaegan');
}

/** The one that the address names: the first of what fits best. */
export function useChosen(all: readonly Evaluated[]): Evaluated | undefined {
  const [{ subject, model, decoder }] = useSelection();
  const fit = (one: Evaluated) =>
    Number(one.subject === subject) * 4 + Number(one.model === model) * 2 + Number(one.decoder === decoder);
  return [...all].sort((a, b) => fit(b) - fit(a)).at(0);
}
