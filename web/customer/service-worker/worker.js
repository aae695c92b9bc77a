/**
 * The app without a network: its own files from the cache and a page for every address. Answers of the services never pass
 * through here, so nothing personal is ever cached. The build puts `ui/service-worker/push.js` behind it.
 */
/* The build puts the names of its files here. */
const files = '__FILES__';
const cacheName = 'courtside __VERSION__';
/** Paths of the services, and of the portal and the widget, which have their own pages. */
const notOurs =
  /^\/((api|ws|internal|health|metrics|\.well-known|sandbox|admin)(\/|$)|embed\.html$|widget\.js$)/;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(['/', ...files])));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

// The page asks for this once the person agreed to start the new version.
self.addEventListener('message', (event) => {
  if (event.data === 'TAKE_OVER') void self.skipWaiting();
});

/** A name says all of a file; how it was asked for changes nothing about it. */
const kept = { cacheName, ignoreVary: true };

/** The newest page, or the kept one when there is no network or nobody behind the gateway. */
async function page(request) {
  try {
    const response = await fetch(request);
    if (response.status < 500) return response;
  } catch {
    // No network: the kept page says so itself.
  }
  return (await caches.match('/', kept)) ?? Response.error();
}

async function keptFirst(request) {
  const found = await caches.match(request, kept);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(cacheName)).put(request, response.clone());
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin || notOurs.test(address.pathname))
    return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  // Files with a hash in their name never change.
  else if (address.pathname.startsWith('/assets/')) event.respondWith(keptFirst(request));
});
