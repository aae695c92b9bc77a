/** The live channel through a STOMP client that we did not write. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '@stomp/stompjs';
import WebSocket from 'ws';
import { book, call, demoCourts, freeSlot, maria, newCustomer, owner, signIn } from './people.mjs';
import { address } from './world.mjs';

const patience = (milliseconds = 15_000) => AbortSignal.timeout(milliseconds);

/** What arrives, to be waited for one by one. */
class Inbox {
  #messages = [];
  #wake = () => undefined;

  put = (frame) => {
    this.#messages.push(JSON.parse(frame.body));
    this.#wake();
  };

  /** The next message, from the oldest on, that is as wanted; the others are dropped. */
  async next(wanted, milliseconds) {
    const signal = patience(milliseconds);
    for (;;) {
      const position = this.#messages.findIndex(wanted);
      if (position >= 0) return this.#messages.splice(0, position + 1).at(-1);
      await new Promise((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => reject(new Error('nothing as wanted arrived')), {
          once: true,
        });
      });
    }
  }
}

/** Connects and tells how the connection goes; closed when the test ends. */
async function connect(t, token) {
  const system = new Inbox();
  let closed;
  const ended = new Promise((resolve) => {
    closed = resolve;
  });
  const client = new Client({
    webSocketFactory: () =>
      new WebSocket(`${address.replace(/^http/, 'ws')}/ws?token=${token}`, ['v12.stomp']),
    reconnectDelay: 0,
    onUnhandledMessage: system.put,
    onWebSocketClose: closed,
  });
  const connected = new Promise((resolve, reject) => {
    client.onConnect = resolve;
    client.onStompError = (frame) => reject(new Error(frame.headers.message));
    ended.then((event) => reject(new Error(`closed with ${event.code} before it was open`)));
  });
  t.after(() => client.deactivate());
  client.activate();
  await connected;
  /** Subscribes, and waits until the server says that it was taken. */
  const listen = async (destination, { acknowledged = true } = {}) => {
    const inbox = new Inbox();
    const receipt = randomUUID();
    const taken = new Promise((resolve, reject) => {
      if (!acknowledged) return resolve();
      client.watchForReceipt(receipt, resolve);
      patience().addEventListener('abort', () => reject(new Error('no receipt')), { once: true });
    });
    client.subscribe(destination, inbox.put, acknowledged ? { receipt } : {});
    await taken;
    return inbox;
  };
  return { client, system, ended, listen };
}

/** The status code with which the server refuses to open the channel at all. */
function refusal(path) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address.replace(/^http/, 'ws') + path, ['v12.stomp']);
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      socket.terminate();
    });
    socket.on('open', () => reject(new Error('the channel opened')));
    socket.on('error', () => undefined);
  });
}

const slotIn = (slots, { startTime }) => slots.find((slot) => slot.startTime === startTime);

/** LIVE-42, LIVE-41: a subscriber gets the state of two weeks, then every change of a day, whole. */
test('a court is watched: the snapshot, then each change', async (t) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[3];
  const slot = await freeSlot(visitor.token, court.id, 8);
  const { listen } = await connect(t, await signIn(maria));
  const board = await listen(`/topic/courts/${court.id}/availability`);

  const snapshot = await board.next((message) => message.messageType === 'AVAILABILITY_SNAPSHOT');
  assert.equal(snapshot.courtId, court.id);
  assert.equal(snapshot.dates.length, 14);
  const day = snapshot.dates.find(({ date }) => date === slot.date);
  assert.equal(slotIn(day.slots, slot).status, 'AVAILABLE');

  const ofTheDay = (status) => (message) =>
    message.messageType === 'AVAILABILITY_UPDATE' &&
    message.date === slot.date &&
    slotIn(message.slots, slot).status === status;
  const booking = await book(visitor.token, court.id, slot);
  const taken = await board.next(ofTheDay('BOOKED'));
  assert.equal(taken.slots.length, day.slots.length, 'the whole day comes, not the change');
  assert.ok(!JSON.stringify(taken).includes(booking.customerId), 'LIVE-32: nobody learns who booked');

  const { status } = await call(`/api/bookings/${booking.id}/cancel`, {
    token: visitor.token,
    method: 'POST',
    headers: { 'x-idempotency-key': randomUUID() },
    body: {},
  });
  assert.equal(status, 200);
  const freed = await board.next(ofTheDay('AVAILABLE'));
  assert.ok(freed.timestamp > taken.timestamp);
});

/** LIVE-33, LIVE-37, LIVE-44: a booking's news reach its customer and the court's owner, and nobody else. */
test('the customer and the owner hear of a booking', async (t) => {
  const visitor = await newCustomer();
  const bystander = await newCustomer();
  const court = (await demoCourts(visitor.token))[4];
  const slot = await freeSlot(visitor.token, court.id, 8);
  const queue = '/user/queue/bookings';
  const [customers, owners, bystanders] = await Promise.all(
    [visitor.token, await signIn(owner), bystander.token].map(async (token) => {
      const { listen } = await connect(t, token);
      return listen(queue);
    }),
  );
  const { id } = await book(visitor.token, court.id, slot);
  const isNews = (message) => message.messageType === 'BOOKING_STATUS_UPDATE' && message.bookingId === id;
  for (const inbox of [customers, owners]) {
    const news = await inbox.next(isNews);
    assert.equal(news.status, 'PENDING_CONFIRMATION');
    assert.equal(news.courtId, court.id);
    assert.equal(news.startTime, slot.startTime);
  }
  // The bystander's own booking is the first thing they hear of.
  const own = await book(bystander.token, court.id, await freeSlot(bystander.token, court.id, 8));
  const first = await bystanders.next(() => true);
  assert.equal(first.bookingId, own.id);
});

/** LIVE-39, LIVE-49: a destination that the role may not have ends the connection with 4002. */
test('a forbidden destination closes the channel', async (t) => {
  const { listen, system, ended } = await connect(
    t,
    await signIn({ email: 'agent@courtside.test', name: 'Agent' }),
  );
  void listen('/user/queue/bookings', { acknowledged: false });
  const error = await system.next((message) => message.messageType === 'ERROR');
  assert.equal(error.code, 'AUTH_DENIED');
  assert.equal(error.willDisconnect, true);
  assert.equal((await ended).code, 4002);
});

/** LIVE-39: a destination that does not exist is a mistake, not a crime: said, and the channel stays. */
test('an unknown destination is said and forgiven', async (t) => {
  const visitor = await newCustomer();
  const { listen, system } = await connect(t, visitor.token);
  void listen('/topic/weather', { acknowledged: false });
  const error = await system.next((message) => message.messageType === 'ERROR');
  assert.equal(error.code, 'INVALID_SUBSCRIPTION');
  assert.equal(error.willDisconnect, false);
  const court = (await demoCourts(visitor.token))[0];
  const board = await listen(`/topic/courts/${court.id}/availability`);
  await board.next((message) => message.messageType === 'AVAILABILITY_SNAPSHOT');
});

/** LIVE-23: without a good token there is no channel. */
test('strangers are refused before the channel opens', async () => {
  assert.equal(await refusal('/ws'), 401);
  assert.equal(await refusal(`/ws?token=${randomUUID()}`), 401);
  const [head, payload] = (await signIn(maria)).split('.');
  assert.equal(await refusal(`/ws?token=${head}.${payload}.${'A'.repeat(342)}`), 401);
});

/** LIVE-29: a fresh token of the same person goes on with the channel; one of somebody else ends it (LIVE-30). */
test('the token is renewed over the channel', async (t) => {
  const { client, system, listen, ended } = await connect(t, await signIn(maria));
  const renew = async (token) => {
    client.publish({
      destination: '/app/token-refresh',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messageType: 'TOKEN_REFRESH', token }),
    });
  };
  await renew(await signIn(maria));
  // Frames are obeyed in their order: once this one is answered the renewal was taken.
  await listen('/user/queue/notifications');
  await renew((await newCustomer()).token);
  const error = await system.next((message) => message.messageType === 'ERROR');
  assert.equal(error.code, 'AUTH_EXPIRED');
  assert.equal((await ended).code, 4001);
});

/**
 * LIVE-53, LIVE-54: a deployment says goodbye, the client comes back by itself with a fresh token, subscribes again, gets
 * a snapshot that knows what happened meanwhile, and hears what happens from then on.
 */
test('a client survives a restart of the server', async (t) => {
  const restart = process.env.COURTSIDE_RESTART;
  assert.ok(restart, 'COURTSIDE_RESTART names the command that restarts the server; qa/run sets it');
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[1];
  const before = await freeSlot(visitor.token, court.id, 9);
  const system = new Inbox();
  const board = new Inbox();
  const closes = [];
  let token = await signIn(maria);
  let connections = 0;
  const client = new Client({
    webSocketFactory: () =>
      new WebSocket(`${address.replace(/^http/, 'ws')}/ws?token=${token}`, ['v12.stomp']),
    reconnectDelay: 500,
    maxReconnectDelay: 2_000,
    // As the apps do: whoever comes back shows a token that is good for longer.
    beforeConnect: async () => {
      if (connections > 0) token = await signIn(maria).catch(() => token);
    },
    onUnhandledMessage: system.put,
    onWebSocketClose: (event) => closes.push(event.code),
    onConnect: () => {
      connections += 1;
      client.subscribe(`/topic/courts/${court.id}/availability`, board.put);
    },
  });
  t.after(() => client.deactivate());
  client.activate();
  const isSnapshot = (message) => message.messageType === 'AVAILABILITY_SNAPSHOT';
  await board.next(isSnapshot);

  const restarted = promisify(execFile)(restart);
  const goodbye = await system.next((message) => message.messageType === 'SERVER_SHUTDOWN', 60_000);
  assert.ok(goodbye.reconnectAfterMs > 0);
  await restarted;
  const fresh = await board.next(isSnapshot, 90_000);
  assert.ok(closes.includes(4005), `closed with ${closes}`);
  assert.equal(connections >= 2, true, 'it came back by itself');
  assert.equal(fresh.dates.length, 14);

  const isTaken = (message) =>
    message.messageType === 'AVAILABILITY_UPDATE' &&
    message.date === before.date &&
    slotIn(message.slots, before).status === 'BOOKED';
  await book(visitor.token, court.id, before);
  await board.next(isTaken);
});
