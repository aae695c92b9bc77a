import { describe, expect, it } from 'vitest';
import { StripeInBrowser } from './stripe';

describe('Stripe in the browser', () => {
  it('asks with the publishable key and the secret of one payment', async () => {
    let asked: Request | undefined;
    const stripe = new StripeInBrowser('pk_test_courtside_sandbox', (request) => {
      asked = request;
      return Promise.resolve(
        Response.json({
          status: 'requires_action',
          next_action: { redirect_to_url: { url: 'http://bank.test/3ds' } },
        }),
      );
    });
    await expect(stripe.authenticate('pi_1_secret_2', 'http://courtside.test/back')).resolves.toEqual({
      status: 'requires_action',
      redirectUrl: 'http://bank.test/3ds',
      declined: undefined,
    });
    expect(new URL(asked?.url ?? '').pathname).toBe('/sandbox/stripe/v1/payment_intents/pi_1/confirm');
    expect(asked?.headers.get('Authorization')).toBe('Bearer pk_test_courtside_sandbox');
    expect(await asked?.text()).toBe(
      'client_secret=pi_1_secret_2&return_url=http%3A%2F%2Fcourtside.test%2Fback',
    );
  });

  it('tells why a payment cannot go on, in the words of Stripe', async () => {
    const stripe = new StripeInBrowser('pk_test_courtside_sandbox', () =>
      Promise.resolve(
        Response.json({ error: { code: 'card_declined', message: 'Declined.' } }, { status: 402 }),
      ),
    );
    await expect(stripe.paymentIntent('pi_1_secret_2')).rejects.toMatchObject({
      kind: 'payment',
      code: 'card_declined',
      message: 'Declined.',
    });
  });

  // PAY-14: with a real key no page of ours offers to type a card.
  it('offers the card page only where the sandbox hosts it', () => {
    expect(new StripeInBrowser('pk_live_1').hasCardPage).toBe(false);
    const stripe = new StripeInBrowser('pk_test_courtside_sandbox');
    const url = new URL(stripe.cardPageUrl('seti_1_secret_2', 'http://courtside.test/back'));
    expect(url.searchParams.get('setup_intent')).toBe('seti_1');
    expect(url.searchParams.get('return_url')).toBe('http://courtside.test/back');
  });
});
