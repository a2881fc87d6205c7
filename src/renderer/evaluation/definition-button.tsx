import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components';
import { definitionOf } from '../../shared/score-definitions.ts';

interface DefinitionButtonProps {
  /** Names and versions: of the score, of the test of its p. */
  readonly definitions: readonly string[];
  readonly children: ReactNode;
  /** What is heard where the button shows a bare number. */
  readonly label?: string;
}

/** A number that opens what it is: its definition and its test, with version, formula in words and source. */
export function DefinitionButton({ definitions, children, label }: DefinitionButtonProps) {
  return (
    <DialogTrigger>
      <Button className="defined" {...(label === undefined ? {} : { 'aria-label': label })}>
        {children}
      </Button>
      <Popover className="popover definition">
        <Dialog className="dialog">
          <Heading slot="title">What it is</Heading>
          {definitions.map((name) => (
            <Definition key={name} name={name} />
          ))}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Definition({ name }: { readonly name: string }) {
  const definition = definitionOf(name);
  if (definition === undefined) {
    return (
      <p>
        <code>{name}</code> is a definition of another version of the program.
      </p>
    );
  }
  const { title, words, reference, page } = definition;
  return (
    <section>
      <p>
        <strong>{title}</strong> <code>{name}</code>
      </p>
      <p>{words}</p>
      <p className="quiet">
        {reference}. In full: the guide, {page}.
      </p>
    </section>
  );
}
