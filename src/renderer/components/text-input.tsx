import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from 'react-aria-components';

/** A line of text with its label, and a word on what belongs there. */
export function TextInput({
  label,
  description,
  ...field
}: TextFieldProps & { readonly label: string; readonly description?: string }) {
  return (
    <TextField {...field} className="field">
      <Label>{label}</Label>
      <Input />
      {description !== undefined && <Text slot="description">{description}</Text>}
      <FieldError />
    </TextField>
  );
}
