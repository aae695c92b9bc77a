/**
 * What stands before the services (OPS-51 to OPS-53): what it sends where, what it lets nobody see, whose webhooks it takes.
 * Asks the running stack, and once a second nginx with the same rules and another list of addresses.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import WebSocket from 'ws';
import { call, maria, signIn } from './people.mjs';
import { address, root } from './world.mjs';

const state = process.env.COURTSIDE_QA_FOLDER;
assert.ok(state, 'COURTSIDE_QA_FOLDER is where the stack keeps its files; qa/run sets it');

/** OPS-52, AUTH-55, OPS-15: what is for the other service and for operators does not exist outside, key or no key. */
test('internal routes and metrics are closed', async () => {
  const id = '0198c3de-7a10-7000-8000-0000000000aa';
  const headers = { 'x-internal-api-key': 'anything' };
  for (const path of [
    '/internal',
    `/internal/users/${id}/stripe-connect-status`,
    `/internal/courts/${id}/offer`,
    '/internal/../internal/x',
    '/%69nternal/x',
    '//internal/x',
    '/metrics',
    '/metrics/',
  ]) {
    const response = await fetch(address + path, { headers });
    const text = await response.text();
    // A path that is none of ours is a page of the app, which shows its own "not found".
    assert.ok(response.status === 404 || text.includes('<div id="root">'), `${path}: ${response.status}`);
    assert.ok(!text.includes('# TYPE'), `${path} shows metrics`);
  }
});

/** OPS-51: every operation of the API documents reaches the service that has it: none is unknown behind the ingress. */
test('every documented path reaches its service', async () => {
  const admin = await signIn({ email: 'admin@courtside.test', name: 'Admin' });
  for (const service of ['platform', 'transaction']) {
    const document = JSON.parse(readFileSync(`${root}/api/${service}.openapi.json`, 'utf8'));
    for (const [path, operations] of Object.entries(document.paths)) {
      if (path.startsWith('/internal/') || path === '/ws' || operations.get === undefined) continue;
      const concrete = path.replace(/\{\w+\}/g, '0198c3de-7a10-7000-8000-0000000000aa');
      const { status, body } = await call(concrete, { token: admin }).catch(() => ({ status: 200 }));
      // A feed nobody has is as unknown as a path nobody has.
      if (path.endsWith('/ical/{token}')) continue;
      const isUnknown = status === 404 && body?.error === 'NOT_FOUND';
      assert.ok(!isUnknown && status !== 405, `${path} of ${service} is unknown behind the ingress`);
    }
  }
});

/** AUTHZ-01: without any token the ingress answers by itself, in the shape of every error. */
test('a call without a token ends at the ingress', async () => {
  const { status, body } = await call('/api/bookings');
  assert.equal(status, 401);
  assert.equal(body.error, 'AUTH_TOKEN_MISSING');
  // A calendar is fetched by programs that have nothing but its address.
  const feed = await fetch(`${address}/api/bookings/calendar/ical/nobody`);
  assert.ok(!(await feed.text()).includes('AUTH_TOKEN_MISSING'));
});

/** LIVE-25: the token of a live connection is in no log of the ingress. */
test('tokens of live connections are not logged', async () => {
  const token = await signIn(maria);
  const socket = new WebSocket(`${address.replace(/^http/, 'ws')}/ws?token=${token}`, ['v12.stomp']);
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  socket.close();
  await new Promise((resolve) => socket.on('close', resolve));
  const log = () => readFileSync(`${state}/logs/access.log`, 'utf8');
  const end = Date.now() + 15_000;
  while (!log().includes('"GET /ws"')) {
    assert.ok(Date.now() < end, 'the connection is logged');
    await wait(100);
  }
  assert.ok(!log().includes('token='));
  assert.ok(!log().includes(token.slice(-40)));
});

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** PAY-40, OPS-52, SEC-22: webhooks are taken from listed addresses alone, and a blocked address gets nothing. */
test('webhooks come from listed addresses', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'courtside-ingress-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [port, inside] = [await freePort(), await freePort()];
  const rules = readFileSync(`${state}/nginx/one-machine.conf`, 'utf8')
    .replace(/geo \$webhook_source .*/, 'geo $webhook_source { default 0; 203.0.113.0/24 1; }')
    .replace(/listen 127\.0\.0\.1:\d+;/, `listen 127.0.0.1:${port};`)
    .replace(/listen 127\.0\.0\.1:\d+;(?![\s\S]*listen)/, `listen 127.0.0.1:${inside};`)
    .replace(/pid \S+;/, `pid ${folder}/nginx.pid;`);
  writeFileSync(`${folder}/one-machine.conf`, rules);
  const nginx = spawn(
    'nginx',
    ['-p', folder, '-e', `${folder}/error.log`, '-c', `${folder}/one-machine.conf`],
    {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
      stdio: 'ignore',
    },
  );
  t.after(async () => {
    nginx.kill('SIGTERM');
    await new Promise((resolve) => (nginx.exitCode === null ? nginx.once('exit', resolve) : resolve()));
  });
  const send = (base, path) =>
    fetch(base + path, { method: 'POST', body: '{}' }).then(({ status }) => status);
  const end = Date.now() + 15_000;
  let stranger;
  while (stranger === undefined) {
    stranger = await send(`http://127.0.0.1:${port}`, '/api/webhooks/stripe').catch(() => undefined);
    assert.ok(Date.now() < end, 'the second nginx answers');
  }
  assert.equal(stranger, 403, 'an address that is not listed');
  assert.equal(await send(`http://127.0.0.1:${port}`, '/api/webhooks/stripe-connect'), 403);
  // The listed one gets through to the service, which asks for the signature.
  assert.equal(await send(address, '/api/webhooks/stripe'), 400);
});
