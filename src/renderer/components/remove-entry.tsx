import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { RemovalPlan } from '../../shared/contract/projects.ts';
import type { EntryKind } from '../../shared/entry-kinds.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { entryKindNames } from './entry-kind-names.ts';
import { ProblemView } from './problem-view.tsx';

interface RemoveEntryProps {
  readonly kind: EntryKind;
  readonly name: string;
  readonly label?: string;
  readonly onRemoved?: () => void;
}

/** A button that removes a face set, a model, a result: it asks first, and names all that would go with it. */
export function RemoveEntry({ kind, name, label = 'Remove ...', onRemoved }: RemoveEntryProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>{label}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog" role="alertdialog">
            <Heading slot="title">
              Remove {entryKindNames[kind]} "{name}"?
            </Heading>
            <Question
              kind={kind}
              name={name}
              onKeep={() => setOpen(false)}
              onRemoved={() => {
                setOpen(false);
                onRemoved?.();
              }}
            />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

interface QuestionProps {
  readonly kind: EntryKind;
  readonly name: string;
  readonly onKeep: () => void;
  readonly onRemoved: () => void;
}

function Question({ kind, name, onKeep, onRemoved }: QuestionProps) {
  const project = useProject().id;
  const { bytes } = useNumbers();
  const asked = useQuery({
    ...queries.projects.removal.queryOptions({ input: { project, kind, name } }),
    staleTime: 0,
  });
  const remove = useMutation(queries.projects.remove.mutationOptions({ onSuccess: onRemoved }));
  const go = (dependents: RemovalPlan['dependents'] | null) =>
    remove.mutate({ project, kind, name, dependents });
  const error = remove.error ?? asked.error;
  const plan = asked.data;
  const hasDependents = plan !== undefined && plan.dependents.length > 0;
  return (
    <>
      {asked.isPending && <p>Looking for what depends on it ...</p>}
      {plan && <Lost plan={plan} />}
      {error && <ProblemView error={error} onAgain={() => void asked.refetch()} />}
      <p className="actions">
        <Button autoFocus onPress={onKeep}>
          Keep it
        </Button>
        {plan && (
          <Button className="danger" isDisabled={remove.isPending} onPress={() => go(null)}>
            {hasDependents
              ? `Remove it alone (frees ${bytes(plan.bytesAlone)})`
              : `Remove it (frees ${bytes(plan.bytesAlone)})`}
          </Button>
        )}
        {plan && hasDependents && (
          <Button className="danger" isDisabled={remove.isPending} onPress={() => go(plan.dependents)}>
            Remove all {plan.dependents.length + 1} (frees {bytes(plan.bytesWithDependents)})
          </Button>
        )}
      </p>
    </>
  );
}

function Lost({ plan: { dependents, roleTables } }: { readonly plan: RemovalPlan }) {
  return (
    <div className="stack">
      <p>It cannot be brought back; it can be made again from the same data and settings.</p>
      {roleTables > 0 && <p>The roles that were given to its trial types go with it.</p>}
      {dependents.length > 0 && (
        <>
          <p>This was computed from it:</p>
          <ul className="lost">
            {dependents.map((each) => (
              <li key={`${each.kind} ${each.name}`}>
                {entryKindNames[each.kind]} {each.name}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
