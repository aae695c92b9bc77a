/**
 * Takes the keyboard back to where it was before a dialog opened. Mantine does so for dialogs that stay in the page and
 * are switched; this is for those that come and go with what they are about.
 */
import { useEffect } from 'react';

export function useFocusBack(opened = true): void {
  useEffect(() => {
    if (!opened) return undefined;
    const before = document.activeElement;
    return () => {
      setTimeout(() => {
        const nowhere = document.activeElement === null || document.activeElement === document.body;
        if (!nowhere || !(before instanceof HTMLElement)) return;
        const target = before.isConnected ? before : document.getElementById('main');
        target?.focus({ preventScroll: true });
      });
    };
  }, [opened]);
}
