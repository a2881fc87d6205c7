import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Form, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useLocation } from 'wouter';
import type { OpenProjectFacts } from '../../shared/contract/projects.ts';
import { api } from '../client/api.ts';
import { useProgressing } from '../client/progressing.ts';
import { BytesProgress } from '../components/bytes-progress.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { ProblemView } from '../components/problem-view.tsx';

interface CopyProjectProps {
  readonly project: string;
  readonly name: string;
  readonly dir: string;
}

/** Asks for a folder and copies a project there, whole or not at all. */
export function CopyProject({ project, name, dir }: CopyProjectProps) {
  return (
    <DialogTrigger>
      <Button>Copy ...</Button>
      <ModalOverlay className="overlay">
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">Copy "{name}"</Heading>
                <CopyForm project={project} dir={dir} onClose={close} />
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function CopyForm({
  project,
  dir,
  onClose,
}: Omit<CopyProjectProps, 'name'> & { readonly onClose: () => void }) {
  const [to, setTo] = useState(`${dir}-copy`);
  const [, navigate] = useLocation();
  const copy = useProgressing<OpenProjectFacts>();
  const start = () =>
    copy.start(async (signal) => {
      await api.projects.open({ id: project });
      return api.projects.copy({ project, to }, { signal });
    });
  if (copy.result) {
    const { id } = copy.result;
    return (
      <>
        <p role="status">The copy is complete.</p>
        <p className="actions">
          <Button className="primary" onPress={() => navigate(`/projects/${id}/overview`)}>
            Open the copy
          </Button>
          <Button onPress={onClose}>Close</Button>
        </p>
      </>
    );
  }
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <FolderField
        label="New folder"
        value={to}
        onChange={setTo}
        description="Empty, or not there yet. No job may be running."
      />
      {copy.error !== null && <ProblemView error={copy.error} />}
      {copy.progress === null ? (
        <p className="actions">
          <Button type="submit" className="primary" isDisabled={to === ''}>
            Copy
          </Button>
          <Button onPress={onClose}>Keep only this one</Button>
        </p>
      ) : (
        <BytesProgress label="Copying" progress={copy.progress} onCancel={copy.cancel} />
      )}
    </Form>
  );
}
