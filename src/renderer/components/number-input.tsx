import {
  FieldError,
  Group,
  Input,
  Label,
  NumberField,
  type NumberFieldProps,
  Text,
} from 'react-aria-components';

interface NumberInputProps extends NumberFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly unit?: string;
}

/** A number with its label, its unit, and a word on what it does. */
export function NumberInput({ label, description, unit, ...field }: NumberInputProps) {
  return (
    <NumberField {...field} className="field">
      <Label>{label}</Label>
      <Group className="number-group">
        <Input />
        {unit !== undefined && <span className="quiet">{unit}</span>}
      </Group>
      {description !== undefined && <Text slot="description">{description}</Text>}
      <FieldError />
    </NumberField>
  );
}
