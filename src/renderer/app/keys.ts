export interface KeyGroup {
  readonly name: string;
  readonly keys: readonly { readonly press: string; readonly does: string }[];
}

/** Every key that the application knows. A screen with keys of its own adds its group here. */
export const keyGroups: readonly KeyGroup[] = [
  {
    name: 'Everywhere',
    keys: [
      { press: '?', does: 'this list' },
      { press: 'Ctrl K or ⌘ K', does: 'find a place, an action, a subject, a face set, a model, a region' },
      { press: 'Tab, Shift Tab', does: 'next, previous control' },
      { press: 'Enter or Space', does: 'press the button that has the focus' },
      { press: 'Escape', does: 'close a dialog, leave a choice as it was' },
      { press: 'Alt ←, Alt →', does: 'back, forward: what was selected comes back too' },
    ],
  },
  {
    name: 'Tables and grids',
    keys: [
      { press: 'Arrows', does: 'move between rows and cells' },
      { press: 'Home, End, Page Up, Page Down', does: 'first, last, a page up, a page down' },
      { press: 'Enter', does: 'select or open the row; sort by the column' },
    ],
  },
  {
    name: 'Jobs',
    keys: [{ press: 'Alt ↑, Alt ↓', does: 'move the waiting job that has the focus earlier, later' }],
  },
];
