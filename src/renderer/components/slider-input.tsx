import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';

interface SliderInputProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly onChange: (value: number) => void;
  /** Once the thumb is let go. */
  readonly onChangeEnd?: (value: number) => void;
  readonly show?: (value: number) => string;
}

/** A number that is looked for by trying. */
export function SliderInput({ label, value, min, max, step = 1, show, ...handlers }: SliderInputProps) {
  return (
    <Slider className="slider" value={value} minValue={min} maxValue={max} step={step} {...handlers}>
      <Label>{label}</Label>
      <SliderOutput>{show ? show(value) : String(value)}</SliderOutput>
      <SliderTrack className="slider-track">
        <SliderThumb className="slider-thumb" />
      </SliderTrack>
    </Slider>
  );
}
