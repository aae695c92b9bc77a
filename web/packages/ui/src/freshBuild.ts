/** A page that outlives a deployment asks for files that are gone; it starts anew with the new ones. */

const storedAs = 'courtside.reloadedAt';
/** A second failure within this long is no stale page but a broken build: it is shown instead. */
const patienceMs = 30_000;

/** While nobody answers a reload would lose the page: it is kept until the server is there again. */
async function serverAnswers(): Promise<boolean> {
  try {
    return (await fetch(location.href, { method: 'HEAD', cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}

async function reloadWhenServed(): Promise<void> {
  for (let wait = 1_000; !(await serverAnswers()); wait = Math.min(15_000, wait * 2)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  sessionStorage.setItem(storedAs, String(Date.now()));
  location.reload();
}

export function reloadOnStaleFiles(): void {
  let waits = false;
  // The failure itself goes on to the screen that needed the file, which says so until the page starts anew.
  window.addEventListener('vite:preloadError', () => {
    const last = Number(sessionStorage.getItem(storedAs) ?? 0);
    if (waits || Date.now() - last < patienceMs) return;
    waits = true;
    void reloadWhenServed();
  });
}
