/**
 * Messages that arrive while no page of the app is open: shown, and opened where they belong. The build puts this behind
 * the customer app's worker and makes the portal's of it alone. A subscription that the browser replaces is registered by
 * the app's next start, since a worker has nobody signed in.
 */
/* The build puts here where the app stands: nothing, or `/admin`. */
const pushBase = '__PUSH_BASE__';

const isInside = (path) => typeof path === 'string' && /^\/(?![/\\])/.test(path);

/** Only addresses of this app are opened, whatever a message says. */
function pushAddress({ deepLink, data }) {
  const path = isInside(deepLink)
    ? deepLink
    : typeof data?.bookingId === 'string'
      ? `/bookings/${encodeURIComponent(data.bookingId)}`
      : '/notifications';
  return path === pushBase || path.startsWith(`${pushBase}/`) ? path : pushBase + path;
}

function pushedMessage(sent) {
  try {
    const message = sent?.json();
    return typeof message === 'object' && message !== null ? message : {};
  } catch {
    return { title: sent.text() };
  }
}

/** Whether an open page belongs to this app and not to the other one at the same address. */
function isOurs(client) {
  const { pathname } = new URL(client.url);
  const isPortal = pathname === '/admin' || pathname.startsWith('/admin/');
  return isPortal === (pushBase === '/admin');
}

async function openPages() {
  return (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).filter(isOurs);
}

/** A page in the background reads anew what the message is about (APP-55). */
async function tellPages() {
  for (const client of await openPages()) client.postMessage('COURTSIDE_PUSHED');
}

self.addEventListener('push', (event) => {
  const message = pushedMessage(event.data);
  const shown = self.registration.showNotification(message.title ?? 'Courtside', {
    body: message.body ?? '',
    // What arrives twice is shown once.
    tag: message.notificationId,
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    data: { address: pushAddress(message) },
  });
  event.waitUntil(Promise.all([shown, tellPages()]));
});

async function openMessage(address) {
  const windows = await openPages();
  const open = windows.find((client) => client.visibilityState === 'visible') ?? windows[0];
  if (open === undefined) return self.clients.openWindow(address);
  try {
    const there = await open.navigate(address);
    return await (there ?? open).focus();
  } catch {
    // A page that was open before this worker cannot be led by it.
    return self.clients.openWindow(address);
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openMessage(event.notification.data?.address ?? `${pushBase}/`));
});
