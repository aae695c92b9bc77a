// The sandbox's page: tabs, refreshing, and which part is open. Reads the same JSON addresses as every test.
'use strict';
const REFRESH_MS = 3000;

const names = Object.keys(parts);
let current = names[0];
let filter = '';
const loaded = {};
const counts = {};
// What is on the screen, so that nothing is drawn twice.
let drawn = '';

const board = document.getElementById('board');
const tabs = make('nav', { class: 'tabs', role: 'tablist', 'aria-label': say('Μέρη', 'Parts') });
const head = make('div', { class: 'content-head' });
const extra = make('div', {});
const list = make('div', { class: 'rows', 'aria-live': 'off' });
board.className = 'board';
board.append(
  make(
    'aside',
    { class: 'rail' },
    make(
      'div',
      { class: 'brand' },
      make('span', { class: 'brand-mark', 'aria-hidden': 'true' }),
      make(
        'div',
        {},
        make('h1', {}, 'Sandbox'),
        make('p', { class: 'quiet' }, say('Στη θέση των παρόχων', 'In place of the vendors')),
      ),
    ),
    tabs,
  ),
  make('main', { class: 'content' }, head, extra, list),
);

function drawTabs() {
  tabs.replaceChildren(
    ...names.map((name) =>
      make(
        'button',
        {
          class: 'tab',
          type: 'button',
          role: 'tab',
          'aria-selected': String(name === current),
          onclick: () => select(name),
        },
        parts[name].title,
        make('span', { class: 'count' }, counts[name] ?? ''),
      ),
    ),
  );
  const chosen = tabs.querySelector('[aria-selected="true"]');
  tabs.scrollLeft = chosen.offsetLeft - (tabs.clientWidth - chosen.offsetWidth) / 2;
}

function select(name) {
  current = name;
  filter = '';
  drawn = '';
  history.replaceState(null, '', `#${name}`);
  const part = parts[name];
  const search =
    part.filter &&
    make('input', {
      type: 'search',
      placeholder: part.filter,
      'aria-label': part.filter,
      oninput: (event) => {
        filter = event.currentTarget.value.trim();
        refresh(true);
      },
    });
  head.replaceChildren(
    make('div', {}, make('h2', {}, part.title), make('p', { class: 'quiet' }, part.hint)),
    make(
      'div',
      { class: 'tools' },
      search || '',
      part.clear ? act(say('Καθαρισμός', 'Clear'), part.clear) : '',
    ),
  );
  extra.replaceChildren(...(part.form ? [part.form()] : []));
  list.replaceChildren();
  drawTabs();
  refresh(true);
}

function draw() {
  const data = loaded[current];
  if (!data) return;
  const rows = parts[current].rows(data);
  list.replaceChildren(
    ...(rows.length ? rows : [make('p', { class: 'empty' }, say('Τίποτα ακόμα.', 'Nothing yet.'))]),
  );
}

// Draws only when something changed, so that an open mail does not flicker.
async function refresh(now) {
  if (document.hidden && !now) return;
  const name = current;
  try {
    const data = await parts[name].load(filter);
    if (name !== current) return;
    counts[name] = parts[name].count(data);
    const fingerprint = name + JSON.stringify(data);
    if (fingerprint !== drawn) {
      drawn = fingerprint;
      loaded[name] = data;
      drawTabs();
      draw();
    }
  } catch (error) {
    if (now) toast(error.message);
  }
}

async function countAll() {
  await Promise.all(
    names.map(async (name) => {
      try {
        counts[name] = parts[name].count(await parts[name].load(''));
      } catch {
        /* shown when the part is opened */
      }
    }),
  );
  drawTabs();
}

function fromAddress() {
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  if (names.includes(wanted)) return wanted;
  if (/^(pi|ch)_/.test(wanted)) {
    open.add(wanted);
    return 'payments';
  }
  if (wanted.startsWith('acct_')) {
    open.add(wanted);
    return 'accounts';
  }
  return names[0];
}

window.addEventListener('hashchange', () => {
  const name = fromAddress();
  if (name !== current) select(name);
});
select(fromAddress());
countAll();
setInterval(() => refresh(false), REFRESH_MS);
