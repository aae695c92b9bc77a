// What the parts of the sandbox's page are built from: texts, elements, calls, rows.
'use strict';
const base = new URL(document.querySelector('link[rel="stylesheet"]').href).pathname.replace(
  /\/assets\/.*$/,
  '',
);
const greek = document.documentElement.lang === 'el';
const say = (el, en) => (greek ? el : en);
const locale = greek ? 'el-GR' : 'en-GB';

const money = (cents) =>
  new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format((cents || 0) / 100);
const when = (milliseconds) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(milliseconds),
  );

// Builds elements without ever parsing text as HTML: everything shown here came from somebody's request.
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && typeof value === 'boolean') element[name] = value;
    else element.setAttribute(name, value);
  }
  for (const child of children.flat())
    if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

async function ask(path, options) {
  const response = await fetch(base + path, {
    headers: { Accept: 'application/json', ...(options?.body ? { 'Content-Type': 'application/json' } : {}) },
    ...options,
  });
  const text = await response.text();
  const body = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(body?.error?.message || body?.error || `${response.status}`);
  return body;
}

let toastTimer;
function toast(message) {
  document.querySelector('.toast')?.remove();
  document.body.append(make('div', { class: 'toast', role: 'status' }, message));
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => document.querySelector('.toast')?.remove(), 3500);
}

function act(label, run, style = '') {
  return make(
    'button',
    {
      type: 'button',
      class: `plain ${style}`,
      onclick: async (event) => {
        const button = event.currentTarget;
        button.disabled = true;
        try {
          await run();
          toast(say('Έγινε', 'Done'));
        } catch (error) {
          toast(error.message);
        }
        button.disabled = false;
        refresh(true);
      },
    },
    label,
  );
}

const post = (path, body) =>
  ask(path, { method: 'POST', body: body === undefined ? undefined : JSON.stringify(body) });
const facts = (pairs) =>
  make(
    'dl',
    { class: 'facts' },
    pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, String(value)))),
  );
const tag = (text, kind) => make('span', { class: `tag ${kind || ''}` }, text);

// Rows the reader has opened stay open when the list is drawn again.
const open = new Set();
function row(id, text, side, details) {
  const isOpen = open.has(id);
  const toggle =
    details &&
    make(
      'button',
      {
        type: 'button',
        class: 'plain',
        'aria-expanded': String(isOpen),
        onclick: () => {
          if (open.has(id)) open.delete(id);
          else open.add(id);
          draw();
        },
      },
      isOpen ? say('Κλείσιμο', 'Close') : say('Προβολή', 'View'),
    );
  return make(
    'article',
    { class: 'row', id },
    make(
      'div',
      { class: 'row-main' },
      make('div', { class: 'row-text' }, text),
      make('div', { class: 'row-side' }, side, toggle),
    ),
    isOpen && details ? make('div', { class: 'details' }, details()) : null,
  );
}
