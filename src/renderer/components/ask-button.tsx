import { type ReactNode, useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface AskButtonProps {
  readonly label: string;
  /** What will be done, as a question. */
  readonly question: string;
  /** What is lost by it, named. */
  readonly children: ReactNode;
  /** The verb of the button that does it. */
  readonly verb: string;
  readonly isDisabled?: boolean;
  readonly onConfirm: () => void;
}

/** A button for what cannot be undone: it asks first, and names what is lost. */
export function AskButton({
  label,
  question,
  children,
  verb,
  isDisabled = false,
  onConfirm,
}: AskButtonProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button isDisabled={isDisabled}>{label}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog" role="alertdialog">
            <Heading slot="title">{question}</Heading>
            <div>{children}</div>
            <p className="actions">
              <Button autoFocus onPress={() => setOpen(false)}>
                Keep it
              </Button>
              <Button
                className="danger"
                onPress={() => {
                  setOpen(false);
                  onConfirm();
                }}
              >
                {verb}
              </Button>
            </p>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
