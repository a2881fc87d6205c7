import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
} from 'react-aria-components';

export interface Option<Value extends string> {
  readonly id: Value;
  readonly name: string;
  readonly description?: string;
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly description?: string;
  readonly options: readonly Option<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly isDisabled?: boolean;
  /** Where the place says what is chosen, such as the heading of a column: the label is then only heard. */
  readonly isLabelHidden?: boolean;
}

/** One of a list. */
export function Choice<Value extends string>({
  label,
  description,
  options,
  value,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
}: ChoiceProps<Value>) {
  return (
    <Select
      className="field"
      value={value}
      isDisabled={isDisabled}
      onChange={(key) => {
        const chosen = options.find(({ id }) => id === key);
        if (chosen) onChange(chosen.id);
      }}
    >
      <Label {...(isLabelHidden ? { className: 'unseen' } : {})}>{label}</Label>
      <Button className="choice">
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      {description !== undefined && <Text slot="description">{description}</Text>}
      <Popover className="popover">
        <ListBox className="options" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.name}>
              <Text slot="label">{option.name}</Text>
              {option.description !== undefined && <Text slot="description">{option.description}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
