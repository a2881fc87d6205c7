import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useSearch } from 'wouter';
import { PlaceLink } from '../app/place.tsx';
import {
  changed,
  type Selectable,
  type Selection,
  type SelectionChange,
  useSelection,
} from '../app/selection.ts';

export interface PanelProps {
  readonly selection: Selection;
}

interface ShellProps {
  /** What kind of thing, and which. */
  readonly kind: string;
  readonly name: string;
  /** What is deselected by closing it. */
  readonly of: readonly Selectable[];
  readonly children: ReactNode;
}

/** A panel of the inspector. */
export function Panel({ kind, name, of, children }: ShellProps) {
  const [, select] = useSelection();
  return (
    <section className="inspect" aria-label={`${kind} ${name}`}>
      <header>
        <h2>
          <span className="quiet">{kind}</span> {name}
        </h2>
        <Button
          className="inspect-close"
          aria-label={`Deselect ${kind.toLowerCase()} ${name}`}
          onPress={() => select(Object.fromEntries(of.map((key) => [key, null])))}
        >
          ×
        </Button>
      </header>
      {children}
    </section>
  );
}

/** Numbers and words by their names. */
export function Facts({ of }: { readonly of: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="inspect-facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A part of a panel that can be folded. */
export function Fold({
  title,
  isOpen = false,
  children,
}: {
  readonly title: string;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <details className="inspect-fold" open={isOpen}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

interface SelectionLinkProps {
  /** A place of the project: `/gallery`. */
  readonly to: `/${string}`;
  /** What is selected there beside what is selected now. */
  readonly change?: SelectionChange;
  /** Parameters that are left behind: what else a view keeps in the address may stand against the change. */
  readonly without?: readonly string[];
  readonly children: ReactNode;
}

/** Goes to another view; what is selected goes with it. */
export function SelectionLink({ to, change = {}, without = [], children }: SelectionLinkProps) {
  const parameters = changed(new URLSearchParams(useSearch()), change);
  for (const name of without) parameters.delete(name);
  return <PlaceLink to={`${to}?${parameters}`}>{children}</PlaceLink>;
}

/** Selects something, in whatever view one is. */
export function SelectButton({
  change,
  children,
}: {
  readonly change: SelectionChange;
  readonly children: ReactNode;
}) {
  const [, select] = useSelection();
  return (
    <Button className="inspect-select" onPress={() => select(change)}>
      {children}
    </Button>
  );
}
