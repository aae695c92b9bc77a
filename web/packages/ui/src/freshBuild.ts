/** A page that outlives a deployment asks for files that are gone; it starts anew with the new ones. */

const storedAs = 'courtside.reloadedAt';
/** A second failure within this long is no stale page but a broken build: it is shown instead. */
const patienceMs = 30_000;

export function reloadOnStaleFiles(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(storedAs) ?? 0);
    if (Date.now() - last < patienceMs) return;
    event.preventDefault();
    sessionStorage.setItem(storedAs, String(Date.now()));
    location.reload();
  });
}
