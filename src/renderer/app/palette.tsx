import {
  Autocomplete,
  Dialog,
  Input,
  ListBox,
  ListBoxItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { usePaletteItems } from './palette-items.ts';

interface PaletteProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onShowKeys: () => void;
}

/** Everything that can be gone to or done, found by a few letters. */
export function Palette({ isOpen, onOpenChange, onShowKeys }: PaletteProps) {
  return (
    <ModalOverlay
      className="overlay palette-overlay"
      isDismissable
      isOpen={isOpen}
      onOpenChange={onOpenChange}
    >
      <Modal className="modal palette">
        <Dialog className="dialog" aria-label="Find a place or an action">
          <PaletteList onDone={() => onOpenChange(false)} onShowKeys={onShowKeys} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteList({
  onDone,
  onShowKeys,
}: {
  readonly onDone: () => void;
  readonly onShowKeys: () => void;
}) {
  const items = usePaletteItems(onShowKeys);
  const { contains } = useFilter({ sensitivity: 'base' });
  const matches = (text: string, typed: string) => typed.split(/\s+/).every((word) => contains(text, word));
  return (
    <Autocomplete filter={matches}>
      <SearchField autoFocus aria-label="Find" className="palette-field">
        <Input placeholder="A section, an action, a subject, a face set, a model, a region" />
      </SearchField>
      <ListBox
        className="options palette-options"
        aria-label="Places and actions"
        items={items}
        selectionMode="none"
        onAction={(key) => {
          onDone();
          items.find(({ id }) => id === key)?.run();
        }}
        renderEmptyState={() => 'Nothing is called so.'}
      >
        {({ id, kind, name }) => (
          <ListBoxItem id={id} textValue={`${name} ${kind}`}>
            <span>{name}</span>
            <span className="quiet">{kind}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </Autocomplete>
  );
}
