import { useEffect, useEffectEvent, useState } from 'react';
import { KeyListDialog } from './key-list.tsx';
import { Palette } from './palette.tsx';

/** What keys open from everywhere in a project: the palette, and the list of keys. */
export function Shortcuts() {
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null);
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    const isPalette = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'k';
    if (isPalette) {
      event.preventDefault();
      setShown((before) => (before === 'palette' ? null : 'palette'));
    } else if (event.key === '?' && shown === null && !isTyping(event.target)) {
      event.preventDefault();
      setShown('keys');
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  const close = (isOpen: boolean) => {
    if (!isOpen) setShown(null);
  };
  return (
    <>
      <Palette isOpen={shown === 'palette'} onOpenChange={close} onShowKeys={() => setShown('keys')} />
      <KeyListDialog isOpen={shown === 'keys'} onOpenChange={close} />
    </>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, [contenteditable="true"]');
}
