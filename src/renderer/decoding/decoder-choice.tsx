import { useQuery } from '@tanstack/react-query';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { decoderOptions, type MappingPlace } from './decoding-names.ts';

interface DecoderChoiceProps {
  readonly place: MappingPlace;
  readonly value: DecoderKind;
  readonly onChange: (decoder: DecoderKind) => void;
}

/** The decoders that there are: the paper's, and those that were fitted. */
export function DecoderChoice({ place, value, onChange }: DecoderChoiceProps) {
  const project = useProject().id;
  const fitted = useQuery(queries.decoding.decoders.queryOptions({ input: { project, ...place } }));
  const there = decoderOptions.filter(
    ({ id }) => id === publishedDecoder || fitted.data?.some(({ decoder }) => decoder === id),
  );
  return <Choice label="Decoder" options={there} value={value} onChange={onChange} />;
}
