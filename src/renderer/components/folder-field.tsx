import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { api, queries } from '../client/api.ts';
import { FolderBrowser } from './folder-browser.tsx';
import { TextInput } from './text-input.tsx';

interface FolderFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (path: string) => void;
  readonly kind?: 'folder' | 'file';
}

/** A path on the host: typed, or chosen in the system's dialog, or where there is none in a list of folders. */
export function FolderField({ label, description, value, onChange, kind = 'folder' }: FolderFieldProps) {
  const { data: capabilities } = useQuery(queries.application.capabilities.queryOptions());
  const [isOpen, setOpen] = useState(false);
  const pick = async () => {
    const from = value === '' ? {} : { from: value };
    const path = await api.application.pick({ title: label, kind, ...from });
    if (path !== null) onChange(path);
  };
  return (
    <div className="folder-field">
      <TextInput
        label={label}
        value={value}
        onChange={onChange}
        {...(description === undefined ? {} : { description })}
      />
      {capabilities?.nativeDialogs ? (
        <Button onPress={() => void pick()}>Choose ...</Button>
      ) : (
        <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
          <Button>Browse ...</Button>
          <ModalOverlay className="overlay" isDismissable>
            <Modal className="modal">
              <Dialog className="dialog">
                <Heading slot="title">{label}</Heading>
                <FolderBrowser
                  from={value}
                  kind={kind}
                  onChoose={(path) => {
                    onChange(path);
                    setOpen(false);
                  }}
                />
              </Dialog>
            </Modal>
          </ModalOverlay>
        </DialogTrigger>
      )}
    </div>
  );
}
