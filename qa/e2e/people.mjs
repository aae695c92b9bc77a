/**
 * What people do outside the browser under test: calls of the public API as a demo person or a new one, used
 * to prepare a scene or to act as somebody else.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { address } from './world.mjs';

export const maria = { email: 'maria@courtside.test', name: 'Μαρία Δ.' };
export const nikos = { email: 'nikos@courtside.test', name: 'Nikos P.' };
export const admin = { email: 'admin@courtside.test', name: 'Platform Admin' };
export const agent = { email: 'agent@courtside.test', name: 'Support Agent' };
export const owner = { email: 'owner@courtside.test', name: 'Courtside Demo Club' };

export async function call(path, { token, method = 'GET', body, headers = {} } = {}) {
  const response = await fetch(address + path, {
    method,
    headers: {
      'accept-language': 'en',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

async function must(path, options) {
  const { status, body } = await call(path, options);
  assert.ok(status < 300, `${options?.method ?? 'GET'} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function proof(person) {
  return (await must('/sandbox/identities/google', { method: 'POST', body: person })).token;
}

/** An access token of a person who has an account. */
export async function signIn(person) {
  const body = { oauthProvider: 'GOOGLE', oauthToken: await proof(person) };
  return (await must('/api/auth/login', { method: 'POST', body })).accessToken;
}

let newcomers = 0;

/** Somebody who was never here before; the provider knows them, Courtside does not yet. */
export function newcomer() {
  newcomers += 1;
  return { email: `e2e-${randomUUID().slice(0, 8)}@courtside.test`, name: `Visitor ${newcomers}` };
}

/** A new customer with an account, so that a journey starts with no bookings. Messages come in their language. */
export async function newCustomer(language = 'en') {
  const person = newcomer();
  const body = {
    oauthProvider: 'GOOGLE',
    oauthToken: await proof(person),
    role: 'CUSTOMER',
    termsAccepted: true,
    language,
  };
  const { accessToken } = await must('/api/auth/register', { method: 'POST', body });
  return { ...person, token: accessToken };
}

/** A new owner with an account and nothing else. */
export async function newOwner(language = 'en') {
  const person = newcomer();
  const body = {
    oauthProvider: 'GOOGLE',
    oauthToken: await proof(person),
    role: 'COURT_OWNER',
    termsAccepted: true,
    language,
  };
  const { accessToken } = await must('/api/auth/register', { method: 'POST', body });
  return { ...person, token: accessToken };
}

/** The courts of the demo owner's club: 1 to 4 are padel and confirm at once, 5 and 6 ask the owner. */
export async function demoCourts(token, language = 'en') {
  const around = 'latitude=38.0742&longitude=23.8119&radiusKm=5&size=100';
  const { courts } = await must(`/api/courts?${around}`, { token, headers: { 'accept-language': language } });
  const club = language === 'el' ? 'Padel Club Κηφισιά' : 'Kifisia Padel Club';
  const own = courts.filter((court) => court.name.startsWith(`${club} –`));
  assert.equal(own.length, 6, `the demo club has six courts, not ${own.map((court) => court.name)}`);
  return own.sort((left, right) => left.name.localeCompare(right.name));
}

function athensDate(daysAhead) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Athens' }).format(
    Date.now() + daysAhead * 86_400_000,
  );
}

export async function slotsOf(token, courtId, date) {
  return (await must(`/api/courts/${courtId}/availability?date=${date}`, { token })).slots;
}

/** The first free time at least `daysAhead` days from now, where nobody else of these tests books. */
export async function freeSlot(token, courtId, daysAhead = 2) {
  for (let ahead = daysAhead; ahead < 14; ahead += 1) {
    const date = athensDate(ahead);
    const slot = (await slotsOf(token, courtId, date)).find((candidate) => candidate.status === 'AVAILABLE');
    if (slot !== undefined) {
      return { date, startTime: slot.startTime.slice(0, 5), endTime: slot.endTime.slice(0, 5) };
    }
  }
  throw new Error(`no free time at ${courtId}`);
}

export function book(token, courtId, { date, startTime }, paymentMethodId = 'pm_card_visa') {
  return must('/api/bookings', {
    token,
    method: 'POST',
    headers: { 'x-idempotency-key': randomUUID() },
    body: { courtId, date, startTime, numberOfPeople: 2, paymentMethodId },
  });
}
