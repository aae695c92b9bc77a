// The card form: turns a typed number into the id of a card and tells the page around it. The number goes nowhere else.
'use strict';
const form = document.getElementById('card-form');
const problem = document.getElementById('problem');
const settings = form.dataset;

function tell(message) {
  if (window.parent !== window)
    window.parent.postMessage({ source: 'courtside-card-form', ...message }, settings.origin);
}

function finish(result) {
  tell({ type: 'saved', ...result });
  if (settings.returnUrl) {
    const target = new URL(settings.returnUrl);
    target.searchParams.set('payment_method', result.paymentMethod);
    if (result.setupIntent) {
      target.searchParams.set('setup_intent', result.setupIntent);
      target.searchParams.set('setup_intent_client_secret', settings.clientSecret);
    }
    target.searchParams.set('redirect_status', 'succeeded');
    window.location.assign(target);
    return;
  }
  problem.className = 'success';
  problem.textContent = settings.textSaved;
}

const number = document.getElementById('number');
number.addEventListener('input', () => {
  number.value = number.value
    .replace(/\D/g, '')
    .slice(0, 19)
    .replace(/(\d{4})(?=\d)/g, '$1 ');
});
const expiry = document.getElementById('expiry');
expiry.addEventListener('input', () => {
  const digits = expiry.value.replace(/\D/g, '').slice(0, 4);
  expiry.value = digits.length > 2 ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
});

for (const button of form.querySelectorAll('[data-number]')) {
  button.addEventListener('click', () => {
    number.value = button.dataset.number;
    expiry.value = expiry.value || '12 / 34';
    document.getElementById('cvc').value ||= '123';
    number.focus();
  });
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.className = 'problem';
  problem.textContent = '';
  const [month, year] = expiry.value.split('/').map((part) => Number.parseInt(part, 10));
  const cvc = document.getElementById('cvc').value;
  if (!number.value || !month || Number.isNaN(year ?? Number.NaN) || cvc.length < 3) {
    problem.textContent = settings.textIncomplete;
    return;
  }
  const button = form.querySelector('button[type=submit]');
  button.disabled = true;
  try {
    const done = new URL(settings.done, window.location.href);
    if (settings.setupIntent) {
      done.searchParams.set('setup_intent', settings.setupIntent);
      done.searchParams.set('client_secret', settings.clientSecret);
      done.searchParams.set('origin', settings.origin);
    }
    const answer = await fetch(settings.endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        number: number.value,
        expMonth: month,
        expYear: year,
        cvc,
        setupIntent: settings.setupIntent || null,
        clientSecret: settings.clientSecret || null,
        returnUrl: settings.returnUrl || (settings.setupIntent ? done.href : null),
      }),
    });
    const body = await answer.json();
    if (!answer.ok) {
      problem.textContent = body.error.message;
      tell({
        type: 'failed',
        code: body.error.decline_code || body.error.code || null,
        message: body.error.message,
      });
    } else if (body.nextUrl) {
      window.location.assign(body.nextUrl);
    } else {
      finish({ paymentMethod: body.paymentMethod, setupIntent: body.setupIntent });
    }
  } catch {
    problem.textContent = settings.textFailed;
    tell({ type: 'failed', code: null, message: settings.textFailed });
  } finally {
    button.disabled = false;
  }
});

if (settings.finished === 'succeeded') {
  form.querySelectorAll('label, button').forEach((element) => {
    element.hidden = true;
  });
  finish({ paymentMethod: settings.paymentMethod, setupIntent: settings.setupIntent });
} else if (settings.finished === 'failed') {
  problem.textContent = settings.textFailed;
  tell({ type: 'failed', code: 'authentication_failed', message: settings.textFailed });
} else {
  tell({ type: 'ready' });
}
