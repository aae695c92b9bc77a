/**
 * What people notice when a part of the whole stack dies under them: Redis for a minute, one of two processes that hold
 * live connections. Kills real processes; `qa/stack/run` starts it.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from '@stomp/stompjs';
import WebSocket from 'ws';
import { call, demoCourts, maria, newCustomer, signIn, slotsOf } from './people.mjs';
import { address } from './world.mjs';

const state = process.env.COURTSIDE_QA_FOLDER;
assert.ok(state, 'COURTSIDE_QA_FOLDER is where the stack keeps its processes; qa/run sets it');
const run = promisify(execFile);
const outageMs = Number(process.env.OUTAGE ?? 60) * 1_000;

const pidOf = (part) => Number(readFileSync(`${state}/${part}.pid`, 'utf8'));
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Asks until the answer is as wanted, and no longer than a person would wait. */
async function eventually(what, look, patienceMs = 30_000) {
  const end = Date.now() + patienceMs;
  let last;
  while (Date.now() < end) {
    last = await look();
    if (last === true) return;
    await wait(100);
  }
  assert.fail(`still not so after ${patienceMs} ms: ${what} (${JSON.stringify(last)})`);
}

async function kill(part, signal) {
  const pid = pidOf(part);
  process.kill(pid, signal);
  await eventually(`${part} is gone`, () => !isAlive(pid));
}

const ready = async () => (await call('/health/ready')).body;

/** The states of a day as both doors tell them. */
const asText = (slots) =>
  slots
    .map(({ startTime, status }) => `${startTime.slice(0, 5)} ${status.replace('TEMPORARILY_', '')}`)
    .join(', ');

/** An application that watches courts: keeps the newest state of each day, and comes back when the line breaks. */
class Watcher {
  days = new Map();
  connections = 0;
  snapshots = 0;
  breaks = 0;
  unheard = new Map();

  constructor(token, courts) {
    this.client = new Client({
      webSocketFactory: () =>
        new WebSocket(`${address.replace(/^http/, 'ws')}/ws?token=${token}`, ['v12.stomp']),
      reconnectDelay: 1_000,
      onWebSocketClose: () => {
        this.breaks += 1;
      },
      // A court that could not be read at that moment: "subscribe again", says the server, and so we do.
      onUnhandledMessage: (frame) => {
        if (JSON.parse(frame.body).code === 'INTERNAL_ERROR') setTimeout(() => this.watchUnheard(), 1_000);
      },
      onConnect: () => {
        this.connections += 1;
        this.unheard = new Map(courts.map((court) => [court.id, undefined]));
        this.watchUnheard();
      },
    });
    this.client.activate();
  }

  /** Subscribes to every court of which nothing was heard on this connection. */
  watchUnheard() {
    if (!this.client.connected) return;
    for (const [court, subscription] of this.unheard) {
      subscription?.unsubscribe();
      const again = this.client.subscribe(`/topic/courts/${court}/availability`, (frame) => this.hear(frame));
      this.unheard.set(court, again);
    }
  }

  hear(frame) {
    const message = JSON.parse(frame.body);
    this.unheard.delete(message.courtId);
    if (message.messageType === 'AVAILABILITY_SNAPSHOT') {
      this.snapshots += 1;
      for (const day of message.dates) this.days.set(`${message.courtId} ${day.date}`, day.slots);
    } else {
      this.days.set(`${message.courtId} ${message.date}`, message.slots);
    }
  }
}

/**
 * People who book and cancel, each on a court of their own, until told to stop. Whoever gets no answer asks again with the
 * same key, as the apps do. Keeps what was said to have happened.
 */
class Bustle {
  stopped = false;
  booked = [];
  cancelled = new Set();
  answers = new Map();
  cancellations = new Map();
  refused = [];

  constructor(people, courts, dates) {
    this.done = Promise.all(
      people.map(async (person, number) => {
        const court = courts[number % courts.length];
        for (let turn = 0; !this.stopped; turn += 1) {
          const date = dates[(number + turn) % dates.length];
          await this.turn(person, court, date);
        }
      }),
    );
  }

  async turn(person, court, date) {
    const day = await this.ask(`/api/courts/${court.id}/availability?date=${date}`, { token: person.token });
    const free = day.body?.slots?.filter((slot) => slot.status === 'AVAILABLE') ?? [];
    if (free.length === 0) return wait(200);
    const slot = free[Math.floor(Math.random() * free.length)];
    const body = {
      courtId: court.id,
      date,
      startTime: slot.startTime.slice(0, 5),
      numberOfPeople: 2,
      paymentMethodId: 'pm_card_visa',
    };
    const made = await this.ask('/api/bookings', { token: person.token, method: 'POST', body, keyed: true });
    // Somebody else was faster: nothing is wrong with that.
    if (made.status === 409) return undefined;
    if (made.status !== 201) return this.refused.push(made);
    this.booked.push({ person, id: made.body.id });
    await wait(100);
    // Whoever cancels again and again is not let in for a while (BOOK-17, BOOK-18), so nobody does.
    if ((this.cancellations.get(person) ?? 0) < 1) {
      this.cancellations.set(person, 1);
      const path = `/api/bookings/${made.body.id}/cancel`;
      const gone = await this.ask(path, { token: person.token, method: 'POST', body: {}, keyed: true });
      if (gone.status === 200) this.cancelled.add(made.body.id);
      else this.refused.push(gone);
    }
    return undefined;
  }

  /** Asks, and again with the same key as long as nobody answers. */
  async ask(path, { keyed = false, ...options }) {
    const headers = keyed ? { 'x-idempotency-key': randomUUID() } : {};
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const answer = await call(path, { ...options, headers }).catch((error) => ({
        status: 0,
        body: error.message,
      }));
      const status = answer.status;
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      const again = status === 0 || status >= 500 || answer.body?.error === 'REQUEST_IN_PROGRESS';
      if (!again) return answer;
      await wait(500);
    }
    return { status: 0, body: `no answer from ${path}` };
  }

  async stop() {
    this.stopped = true;
    await this.done;
  }

  /** Every booking that was confirmed to somebody is there once, in the state it was said to have. */
  async check() {
    assert.deepEqual(this.refused, [], 'nobody was refused');
    const ids = this.booked.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, 'no booking was handed out twice');
    for (const { person, id } of this.booked) {
      const { status, body } = await call(`/api/bookings/${id}`, { token: person.token });
      assert.equal(status, 200);
      assert.equal(body.status === 'CANCELLED', this.cancelled.has(id), `${id} is ${body.status}`);
    }
  }
}

const athensDates = (from, to) =>
  Array.from({ length: to - from }, (_, ahead) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Athens' }).format(
      Date.now() + (from + ahead) * 86_400_000,
    ),
  );

async function converged(watchers, token, courts, dates) {
  for (const court of courts) {
    for (const date of dates) {
      const truth = asText(await slotsOf(token, court.id, date));
      for (const [number, watcher] of watchers.entries()) {
        const seen = asText(watcher.days.get(`${court.id} ${date}`) ?? []);
        if (seen !== truth) return `watcher ${number} of ${court.id} ${date}: ${seen} instead of ${truth}`;
      }
    }
  }
  return true;
}

async function scene(t, watchers, people) {
  const token = await signIn(maria);
  const courts = (await demoCourts(token)).slice(0, 4);
  const crowd = Array.from({ length: watchers }, () => new Watcher(token, courts));
  t.after(() => Promise.all(crowd.map(({ client }) => client.deactivate())));
  await eventually('everybody watches', () => crowd.every(({ snapshots }) => snapshots >= courts.length));
  const customers = await Promise.all(Array.from({ length: people }, () => newCustomer()));
  return { token, courts, crowd, customers };
}

/** LIVE-56 to LIVE-60, OPS-04: a minute without Redis costs nobody an answer, and it is used again when it is back. */
test(`Redis is away for ${outageMs / 1_000} s under load`, async (t) => {
  const dates = athensDates(9, 13);
  const { token, courts, crowd, customers } = await scene(t, 8, 6);
  assert.equal((await ready()).status, 'UP');
  const bustle = new Bustle(customers, courts, dates);
  await eventually('people book', () => bustle.booked.length >= 5);

  await kill('redis', 'SIGTERM');
  const before = bustle.booked.length;
  await eventually('readiness says so', async () => (await ready()).status === 'DEGRADED' || (await ready()));
  await wait(outageMs);
  assert.ok(bustle.booked.length > before, 'people went on booking');
  const failures = [...bustle.answers].filter(([status]) => status === 0 || status >= 500);
  assert.deepEqual(failures, [], 'nobody was left without an answer');
  assert.ok(
    crowd.every(({ breaks }) => breaks === 0),
    'LIVE-57: every connection stayed',
  );

  await run(`${state}/again`, ['redis']);
  await eventually('it is used again', async () => (await ready()).status === 'UP' || (await ready()));
  const cached = `/api/courts/${courts[0].id}/availability?date=${athensDates(20, 21)[0]}`;
  await eventually('days are kept again', async () => {
    const { body } = await call(cached, { token });
    return body.cacheStatus === 'HIT' || body.cacheStatus;
  });
  await bustle.stop();
  await bustle.check();
  await eventually('everybody sees the truth', () => converged(crowd, token, courts, dates));
  t.diagnostic(
    `${bustle.booked.length} bookings (${before} before the outage), ${bustle.cancelled.size} cancelled, ` +
      `answers ${JSON.stringify([...bustle.answers])}`,
  );
});

/** LIVE-54, LIVE-42, LIVE-14: a process that holds live connections is killed without a word; its clients come back to the
 * other one, and everybody sees the truth again. No booking is lost or doubled. */
test('one of two transaction processes is killed under sockets', async (t) => {
  const dates = athensDates(5, 9);
  const { token, courts, crowd, customers } = await scene(t, 40, 6);
  const bustle = new Bustle(customers, courts, dates);
  await eventually('people book', () => bustle.booked.length >= 5);

  await kill('transaction_1', 'SIGKILL');
  const killed = Date.now();
  await eventually('some lines broke', () => crowd.some(({ breaks }) => breaks > 0));
  await eventually('everybody is back', () => crowd.every(({ client }) => client.connected));
  const back = Date.now() - killed;
  const broken = crowd.filter(({ breaks }) => breaks > 0);
  assert.ok(broken.length < crowd.length, 'those of the other process stayed');
  const booked = bustle.booked.length;
  await eventually('people go on booking', () => bustle.booked.length >= booked + 5, 60_000);
  await run(`${state}/again`, ['transaction_1']);
  const there = readFileSync(`${state}/processes`, 'utf8').match(/^transaction_1 \d+ (\S+)$/m)[1];
  await eventually('the killed one is ready again', () =>
    fetch(`http://${there}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await bustle.stop();
  await eventually('everybody sees the truth', () => converged(crowd, token, courts, dates), 60_000);
  await bustle.check();
  for (const watcher of broken)
    assert.ok(watcher.snapshots >= 2 * courts.length, 'coming back brings snapshots');
  t.diagnostic(
    `${broken.length} of ${crowd.length} lines broke, all back after ${back} ms; ${bustle.booked.length} bookings, ` +
      `${bustle.cancelled.size} cancelled, answers ${JSON.stringify([...bustle.answers])}`,
  );
});
