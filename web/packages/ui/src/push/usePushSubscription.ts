/** Whether messages reach this browser while the app is closed, and the two presses that change it. */
import { useSyncExternalStore } from 'react';
import type { BrowserPush, PushState } from './browserPush';

export interface PushSubscriptionState extends PushState {
  turnOn: () => Promise<void>;
  turnOff: () => Promise<void>;
}

export function usePushSubscription(push: BrowserPush): PushSubscriptionState {
  const state = useSyncExternalStore(push.subscribe, push.snapshot);
  return { ...state, turnOn: push.turnOn, turnOff: push.turnOff };
}
