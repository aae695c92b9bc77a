/**
 * The app without a network: its own files from the cache, a page for every address, and messages that arrive
 * while it is closed. Answers of the services never pass through here, so nothing personal is ever cached.
 */
/* The build puts the names of its files here. */
const files = '__FILES__';
const cacheName = 'courtside __VERSION__';
/** Paths of the services and of the portal, which has its own page. */
const notOurs = /^\/(api|ws|internal|health|metrics|\.well-known|sandbox|admin)(\/|$)/;

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

/** Only addresses of this app are opened, whatever a message says. */
function addressOf(data) {
  const path =
    typeof data?.deepLink === 'string' && /^\/(?!\/)/.test(data.deepLink) ? data.deepLink : undefined;
  if (path !== undefined) return path;
  return typeof data?.bookingId === 'string' ? `/bookings/${data.bookingId}` : '/notifications';
}

function messageOf(sent) {
  try {
    return sent?.json() ?? {};
  } catch {
    return { title: sent?.text() };
  }
}

self.addEventListener('push', (event) => {
  const { title = 'Courtside', body = '', notificationId, data } = messageOf(event.data);
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag: notificationId,
      icon: '/icon-192.png',
      badge: '/icon-192.png',
      data: { address: addressOf(data) },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const address = event.notification.data?.address ?? '/';
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then((windows) => {
      const open = windows.find((client) => !new URL(client.url).pathname.startsWith('/admin'));
      if (open === undefined) return self.clients.openWindow(address);
      return open.navigate(address).then((client) => client?.focus());
    }),
  );
});
