import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { AttributeDirectionFacts, LatentSpreadFacts } from '../../shared/contract/explore.ts';
import { useSelection } from '../app/selection.ts';
import { SliderInput } from '../components/slider-input.tsx';
import type { Moves } from './code-moves.ts';

interface SlidersProps {
  readonly spread: LatentSpreadFacts;
  readonly axes: readonly AttributeDirectionFacts[];
  readonly moves: Moves;
  readonly onChange: (moves: Moves) => void;
}

const latentsOfPage = 8;
const signed = (value: number, unit: string) => `${value > 0 ? '+' : ''}${value.toFixed(1)} ${unit}`;

/** Sliders for attributes, and for latents, the most used ones first. */
export function MoveSliders({ spread, axes, moves, onChange }: SlidersProps) {
  const [{ latent }, select] = useSelection();
  const [from, setFrom] = useState(0);
  const chosen = latent === undefined ? null : Number(latent);
  const page = spread.order.slice(from, from + latentsOfPage);
  const isKnown = chosen !== null && spread.order.includes(chosen);
  const shown = isKnown && !page.includes(chosen) ? [chosen, ...page] : page;
  return (
    <div className="sliders">
      {axes.length > 0 && (
        <section aria-label="Attributes">
          <h2>Attributes</h2>
          <div className="slider-list">
            {axes.map(({ name, accuracy }) => (
              <SliderInput
                key={name}
                label={`${name}${accuracy === null ? '' : ` (read ${(100 * accuracy).toFixed(0)} % right)`}`}
                min={-3}
                max={3}
                step={0.1}
                value={moves.attributes[name] ?? 0}
                onChange={(value) =>
                  onChange({ ...moves, attributes: { ...moves.attributes, [name]: value } })
                }
                show={(value) => signed(value, '')}
              />
            ))}
          </div>
          <p className="quiet small">
            1 is the way from the mean code of the other faces to that of the class. In brackets: balanced
            accuracy on faces that were left out; chance is 50 %.
          </p>
        </section>
      )}
      <section aria-label="Latents">
        <h2>Latents, the most used first</h2>
        <div className="slider-list">
          {shown.map((at) => (
            <SliderInput
              key={at}
              label={`Latent ${at + 1}${at === chosen ? ' (selected)' : ''}`}
              min={-4}
              max={4}
              step={0.1}
              value={moves.latents[at] ?? 0}
              onChange={(value) => onChange({ ...moves, latents: { ...moves.latents, [at]: value } })}
              onChangeEnd={() => select({ latent: at }, { replace: true })}
              show={(value) => signed(value, 'SD')}
            />
          ))}
        </div>
        <p className="actions small">
          <Button isDisabled={from === 0} onPress={() => setFrom(from - latentsOfPage)}>
            Earlier
          </Button>
          <Button
            isDisabled={from + latentsOfPage >= spread.order.length}
            onPress={() => setFrom(from + latentsOfPage)}
          >
            Later
          </Button>
          <span className="quiet">
            {from + 1} to {Math.min(spread.order.length, from + latentsOfPage)} of {spread.order.length};{' '}
            {spread.active} are active. SD: over {spread.n} faces.
          </span>
        </p>
      </section>
    </div>
  );
}
