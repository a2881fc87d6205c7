import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { keyGroups } from './keys.ts';

interface KeyListProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** The list of keys, as `?` shows it. */
export function KeyListDialog({ isOpen, onOpenChange }: KeyListProps) {
  return (
    <ModalOverlay className="overlay" isDismissable isOpen={isOpen} onOpenChange={onOpenChange}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">Keys</Heading>
          <KeyTables />
          <p className="actions">
            <Button autoFocus onPress={() => onOpenChange(false)}>
              Close
            </Button>
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

export function KeyTables() {
  return (
    <div className="stack">
      {keyGroups.map(({ name, keys }) => (
        <section key={name}>
          <h3>{name}</h3>
          <dl className="keys">
            {keys.map(({ press, does }) => (
              <div key={press}>
                <dt>
                  <kbd>{press}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
