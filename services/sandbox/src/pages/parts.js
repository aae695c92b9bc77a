// The parts of the sandbox's page: which JSON address each reads, how it is shown, what its buttons do.
'use strict';

const STATUS = {
  succeeded: ['good', 'εξοφλήθηκε', 'paid'],
  requires_capture: ['waiting', 'δεσμευμένη', 'held'],
  requires_action: ['waiting', 'περιμένει 3-D Secure', 'waits for 3-D Secure'],
  requires_payment_method: ['', 'χωρίς κάρτα', 'no card'],
  requires_confirmation: ['info', 'περιμένει', 'to confirm'],
  canceled: ['', 'ακυρώθηκε', 'cancelled'],
};

const parts = {
  mails: {
    title: say('Email', 'Mails'),
    hint: say('Ό,τι θα έστελνε το SendGrid.', 'What SendGrid would have sent.'),
    filter: say('Παραλήπτης', 'Recipient'),
    load: (filter) => ask(`/outbox/mail${filter ? `?to=${encodeURIComponent(filter)}` : ''}`),
    count: (data) => data.total,
    clear: () => ask('/outbox/mail', { method: 'DELETE' }),
    rows: (data) =>
      data.mails.map((mail) =>
        row(
          mail.id,
          [
            make('strong', {}, mail.subject),
            make('span', { class: 'quiet' }, `${mail.to.join(', ')} · ${when(mail.sentAt)}`),
          ],
          mail.attachments.length ? tag(`${mail.attachments.length} ⌸`) : null,
          () => [
            make('iframe', {
              class: 'mail-frame',
              sandbox: '',
              title: mail.subject,
              src: `${base}/outbox/mail/${encodeURIComponent(mail.id)}/html`,
            }),
            facts([
              [say('Από', 'From'), mail.from],
              [say('Προς', 'To'), mail.to.join(', ')],
              ['Cc', mail.cc.join(', ')],
              ['Bcc', mail.bcc.join(', ')],
              [say('Κατηγορίες', 'Categories'), mail.categories.join(', ')],
            ]),
            mail.attachments.map((file, number) =>
              make(
                'a',
                {
                  href: `${base}/outbox/mail/${encodeURIComponent(mail.id)}/attachments/${number}`,
                  download: file.name,
                },
                file.name,
              ),
            ),
          ],
        ),
      ),
  },
  pushes: {
    title: say('Ειδοποιήσεις', 'Pushes'),
    hint: say('FCM και Web Push.', 'Firebase and Web Push.'),
    filter: say('Συσκευή', 'Device'),
    load: (filter) => ask(`/outbox/push${filter ? `?to=${encodeURIComponent(filter)}` : ''}`),
    count: (data) => data.total,
    clear: () => ask('/outbox/push', { method: 'DELETE' }),
    rows: (data) =>
      data.pushes.map((push) =>
        row(
          push.id,
          [
            make('strong', {}, push.title || say('(κρυπτογραφημένη)', '(encrypted)')),
            push.body ? make('span', {}, push.body) : null,
            make('span', { class: 'quiet' }, `${push.to} · ${when(push.sentAt)}`),
          ],
          tag(push.channel, 'info'),
          () => [
            make('pre', {}, JSON.stringify(push.message, null, 2)),
            act(
              say('Η συσκευή χάθηκε', 'Device has gone'),
              () => ask(`/outbox/push/gone/${encodeURIComponent(push.to)}`, { method: 'PUT' }),
              'danger',
            ),
          ],
        ),
      ),
  },
  payments: {
    title: say('Πληρωμές', 'Payments'),
    hint: say(
      'Τα PaymentIntents του Stripe με το πού βρίσκονται τα χρήματα.',
      "Stripe's PaymentIntents and where their money is.",
    ),
    load: () => ask('/stripe/_state?limit=200'),
    count: (data) => data.total,
    rows: (data) =>
      [
        Object.keys(data.balances).length
          ? make(
              'article',
              { class: 'row' },
              facts(
                Object.entries(data.balances)
                  .sort((left, right) => right[1] - left[1])
                  .slice(0, 8)
                  .map(([account, cents]) => [
                    account === 'platform' ? say('Πλατφόρμα', 'Platform') : account,
                    money(cents),
                  ]),
              ),
            )
          : null,
        ...[...data.paymentIntents].reverse().map((intent) => {
          const [kind, el, en] = STATUS[intent.status] || ['', intent.status, intent.status];
          const disputeOpen = intent.dispute && !['won', 'lost'].includes(intent.dispute.status);
          return row(
            intent.id,
            [
              make('span', { class: 'money' }, money(intent.amount)),
              make('span', { class: 'quiet' }, `${intent.id} · ${when(intent.created * 1000)}`),
            ],
            [
              intent.refunded
                ? tag(`${say('επιστροφή', 'refunded')} ${money(intent.refunded)}`, 'info')
                : null,
              intent.declined ? tag(intent.declined, 'bad') : null,
              intent.dispute
                ? tag(`${say('αμφισβήτηση', 'dispute')}: ${intent.dispute.status}`, 'bad')
                : null,
              tag(say(el, en), kind),
            ],
            () => [
              facts([
                [say('Δεσμευμένα', 'Held'), money(intent.amountCapturable)],
                [say('Εισπράχθηκαν', 'Captured'), money(intent.captured)],
                [say('Προμήθεια', 'Application fee'), money(intent.applicationFee)],
                [say('Στον λογαριασμό', 'Transferred'), money(intent.transferred)],
                [say('Αντιστράφηκαν', 'Reversed'), money(intent.reversed)],
                [say('Επιστράφηκαν', 'Refunded'), money(intent.refunded)],
                [say('Λογαριασμός', 'Destination'), intent.destination],
                [say('Πελάτης', 'Customer'), intent.customer],
                [say('Χρέωση', 'Charge'), intent.charge],
              ]),
              Object.keys(intent.metadata).length
                ? make('pre', {}, JSON.stringify(intent.metadata, null, 2))
                : null,
              make(
                'div',
                { class: 'row-side' },
                intent.captured && !intent.dispute
                  ? act(
                      say('Αμφισβήτηση από τον πελάτη', 'Customer disputes'),
                      () => post(`/stripe/payment_intents/${intent.id}/dispute`, {}),
                      'danger',
                    )
                  : null,
                disputeOpen
                  ? [
                      act(say('Κερδίζει η πλατφόρμα', 'Dispute won'), () =>
                        post(`/stripe/disputes/${intent.dispute.id}/close`, { status: 'won' }),
                      ),
                      act(
                        say('Χάνει η πλατφόρμα', 'Dispute lost'),
                        () => post(`/stripe/disputes/${intent.dispute.id}/close`, { status: 'lost' }),
                        'danger',
                      ),
                    ]
                  : null,
                intent.status === 'requires_action'
                  ? [
                      act(say('3-D Secure: ναι', '3-D Secure: yes'), () =>
                        post(`/stripe/3ds/${intent.id}/complete`),
                      ),
                      act(
                        say('3-D Secure: όχι', '3-D Secure: no'),
                        () => post(`/stripe/3ds/${intent.id}/fail`),
                        'danger',
                      ),
                    ]
                  : null,
              ),
            ],
          );
        }),
      ].filter(Boolean),
  },
  accounts: {
    title: say('Λογαριασμοί', 'Accounts'),
    hint: say('Συνδεδεμένοι λογαριασμοί Stripe των ιδιοκτητών.', 'Connected Stripe accounts of owners.'),
    load: () => ask('/stripe/accounts'),
    count: (data) => data.accounts.length,
    rows: (data) =>
      data.accounts.map((account) =>
        row(
          account.id,
          [
            make('strong', {}, account.email || account.id),
            make('span', { class: 'quiet' }, `${account.id} · ${money(account.balance)}`),
          ],
          tag(
            {
              complete: say('ενεργός', 'active'),
              onboarding: say('σε εξέλιξη', 'onboarding'),
              restricted: say('περιορισμένος', 'restricted'),
              disabled: say('απενεργοποιημένος', 'disabled'),
            }[account.standing],
            { complete: 'good', onboarding: 'waiting', restricted: 'bad', disabled: 'bad' }[account.standing],
          ),
          () =>
            make(
              'div',
              { class: 'row-side' },
              account.standing !== 'complete'
                ? act(say('Ολοκλήρωση', 'Complete'), () => post(`/stripe/accounts/${account.id}/complete`))
                : [
                    act(say('Πληρωμή προς τράπεζα', 'Pay out'), () =>
                      post(`/stripe/accounts/${account.id}/payout`),
                    ),
                    act(
                      say('Περιορισμός', 'Restrict'),
                      () => post(`/stripe/accounts/${account.id}/restrict`),
                      'danger',
                    ),
                  ],
              account.standing !== 'disabled'
                ? act(
                    say('Απενεργοποίηση', 'Disable'),
                    () => post(`/stripe/accounts/${account.id}/disable`),
                    'danger',
                  )
                : null,
              account.payouts
                .map((payout) => [
                  tag(`${money(payout.amount)} ${payout.status}`),
                  payout.status === 'in_transit'
                    ? [
                        act(say('Έφτασε', 'Arrived'), () => post(`/stripe/payouts/${payout.id}/paid`)),
                        act(
                          say('Απέτυχε', 'Failed'),
                          () => post(`/stripe/payouts/${payout.id}/failed`),
                          'danger',
                        ),
                      ]
                    : null,
                ])
                .flat(),
            ),
        ),
      ),
  },
  people: {
    title: say('Πρόσωπα', 'People'),
    hint: say(
      'Ποιοι συνδέθηκαν με Google, Apple ή Facebook.',
      'Who signed in with Google, Apple or Facebook.',
    ),
    load: () => ask('/identities'),
    count: (data) => data.signedIn.length,
    rows: (data) =>
      data.signedIn.map((person) =>
        row(
          person.subject,
          [
            make('strong', {}, person.name),
            make('span', { class: 'quiet' }, `${person.email} · ${when(person.signedInAt * 1000)}`),
          ],
          tag(person.provider, 'info'),
        ),
      ),
  },
  webhooks: {
    title: 'Webhooks',
    hint: say('Παραδόσεις του Stripe προς τις υπηρεσίες.', "Stripe's deliveries to the services."),
    load: () => ask('/stripe/deliveries'),
    count: (data) => data.deliveries.length,
    rows: (data) =>
      data.deliveries.map((delivery) =>
        row(
          delivery.id,
          [
            make('strong', {}, delivery.eventType),
            make(
              'span',
              { class: 'quiet' },
              `${delivery.endpoint} · ${when(delivery.created * 1000)} · ${delivery.attempts} ${say('προσπάθειες', 'attempts')}${delivery.lastProblem ? ` · ${delivery.lastProblem}` : ''}${delivery.lastStatus ? ` · ${delivery.lastStatus}` : ''}`,
            ),
          ],
          [
            tag(
              {
                pending: say('σε αναμονή', 'waiting'),
                delivered: say('παραδόθηκε', 'delivered'),
                failed: say('απέτυχε', 'failed'),
                dropped: say('χάθηκε', 'dropped'),
              }[delivery.state],
              { pending: 'waiting', delivered: 'good', failed: 'bad', dropped: 'bad' }[delivery.state],
            ),
            act(say('Ξανά', 'Resend'), () => post(`/stripe/deliveries/${delivery.id}/resend`)),
          ],
        ),
      ),
  },
  chaos: {
    title: say('Χάος', 'Chaos'),
    hint: say(
      'Κλήσεις που καθυστερούν, επαναλαμβάνονται, αλλάζουν σειρά, χάνονται ή αποτυγχάνουν.',
      'Calls that come late, twice, in another order, not at all, or fail.',
    ),
    load: () => ask('/chaos'),
    count: (data) => data.rules.length,
    clear: () => ask('/chaos', { method: 'DELETE' }),
    form: chaosForm,
    rows: (data) =>
      data.rules.map((rule) =>
        row(
          `rule-${rule.id}`,
          [
            make('strong', {}, `${rule.vendor} · ${rule.action}`),
            make(
              'span',
              { class: 'quiet' },
              [
                rule.operation || say('όλες οι κλήσεις', 'all calls'),
                rule.times === 0
                  ? say('μέχρι να αφαιρεθεί', 'until removed')
                  : `${rule.struck} / ${rule.times ?? 1}`,
                rule.delayMs ? `${rule.delayMs} ms` : null,
                rule.status,
              ]
                .filter(Boolean)
                .join(' · '),
            ),
          ],
          act(say('Αφαίρεση', 'Remove'), () => ask(`/chaos/${rule.id}`, { method: 'DELETE' })),
        ),
      ),
  },
};

function chaosForm() {
  const choose = (name, options) =>
    make(
      'select',
      { name },
      options.map((option) => make('option', { value: option }, option)),
    );
  return make(
    'form',
    {
      class: 'chaos-form',
      onsubmit: async (event) => {
        event.preventDefault();
        const values = Object.fromEntries(new FormData(event.currentTarget));
        const number = (text) => (text === '' ? null : Number(text));
        try {
          await post('/chaos', {
            vendor: values.vendor,
            action: values.action,
            operation: values.operation || null,
            times: number(values.times),
            delayMs: number(values.delayMs),
            status: number(values.status),
          });
          toast(say('Ο κανόνας ισχύει', 'The rule is in force'));
        } catch (error) {
          toast(error.message);
        }
        refresh(true);
      },
    },
    make(
      'label',
      {},
      say('Πάροχος', 'Vendor'),
      choose('vendor', [
        'stripe',
        'stripe-webhook',
        'google',
        'apple',
        'facebook',
        'sendgrid',
        'fcm',
        'webpush',
        'openweathermap',
        'weatherapi',
        's3',
      ]),
    ),
    make(
      'label',
      {},
      say('Τι', 'Action'),
      choose('action', ['fail', 'delay', 'repeat', 'reorder', 'drop', 'timeout_after_effect']),
    ),
    make(
      'label',
      {},
      say('Κλήση (μέρος)', 'Operation (part)'),
      make('input', { name: 'operation', placeholder: 'refunds' }),
    ),
    make(
      'label',
      {},
      say('Φορές (0 = πάντα)', 'Times (0 = always)'),
      make('input', { name: 'times', type: 'number', min: '0', value: '1' }),
    ),
    make('label', {}, 'ms', make('input', { name: 'delayMs', type: 'number', min: '0', max: '600000' })),
    make(
      'label',
      {},
      'HTTP',
      make('input', { name: 'status', type: 'number', min: '400', max: '599', placeholder: '503' }),
    ),
    make('button', { class: 'primary', type: 'submit' }, say('Προσθήκη', 'Add')),
  );
}
