import { Label, Text, TextArea, TextField } from 'react-aria-components';

interface LinesInputProps {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** Several names, one a line. */
export function LinesInput({ label, description, value, onChange }: LinesInputProps) {
  return (
    <TextField className="field" value={value} onChange={onChange}>
      <Label>{label}</Label>
      <TextArea rows={6} />
      <Text slot="description">{description}</Text>
    </TextField>
  );
}

export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
