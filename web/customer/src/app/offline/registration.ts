/** Registers the service worker of a built app and knows when a newer version waits. */

type Listener = () => void;

class AppUpdates {
  private waiting: ServiceWorker | undefined;
  private isStarting = false;
  private readonly listeners = new Set<Listener>();

  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Whether a newer version is there and waits to be started. */
  snapshot = (): boolean => this.waiting !== undefined;

  register(): void {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener('controllerchange', () => {
      if (this.isStarting) location.reload();
    });
    serviceWorker
      .register('/service-worker.js', { updateViaCache: 'none' })
      .then((registration) => {
        this.watch(registration);
        // A page that stays open for days hears of new versions too.
        document.addEventListener('visibilitychange', () => {
          if (document.visibilityState === 'visible') void registration.update().catch(() => undefined);
        });
      })
      // Without it the app works as any page does, with a network only.
      .catch(() => undefined);
  }

  /** Starts the newer version; the page is loaded again. */
  start(): void {
    this.isStarting = true;
    this.waiting?.postMessage('TAKE_OVER');
  }

  private watch(registration: ServiceWorkerRegistration): void {
    const offer = (worker: ServiceWorker | null) => {
      // The very first one has nothing to replace.
      if (worker === null || navigator.serviceWorker.controller === null) return;
      this.waiting = worker;
      for (const listener of this.listeners) listener();
    };
    offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') offer(worker);
      });
    });
  }
}

export const appUpdates = new AppUpdates();
