import { useEffect, useState } from 'react';

/** A value once it has stayed the same for a while: what is typed is not asked for letter by letter. */
export function useSettled<Value>(value: Value, ms: number): Value {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState({ text, value });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ text, value: JSON.parse(text) as Value }), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled.value;
}
