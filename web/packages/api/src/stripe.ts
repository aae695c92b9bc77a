/**
 * Stripe as a browser may use it: with the publishable key only and straight to Stripe. Card numbers are
 * typed on a page that Stripe hosts, never on one of ours (PAY-14); it comes back with the finished card.
 *
 * The sandbox speaks Stripe's dialect and hosts such a page. With a real key the page would be Stripe's own
 * fields, which come with Stripe.js; until then only saved cards can be used (`hasCardPage` is false).
 */
import { Problem, problemFromThrown } from './problem';

/** The publishable key that the sandbox is configured with. */
const sandboxKey = 'pk_test_courtside_sandbox';

export type PaymentIntentState =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'canceled'
  | 'succeeded';

export interface PaymentIntent {
  status: PaymentIntentState;
  /** Where the bank wants the customer to prove who they are. */
  redirectUrl: string | undefined;
  /** Stripe's words on why the last try failed. */
  declined: string | undefined;
}

interface IntentAnswer {
  status: PaymentIntentState;
  next_action?: { redirect_to_url?: { url?: string } | null } | null;
  last_payment_error?: { message?: string } | null;
}

export class StripeInBrowser {
  readonly hasCardPage: boolean;
  private readonly base: string;

  constructor(
    private readonly publishableKey: string,
    private readonly send: (request: Request) => Promise<Response> = (request) => fetch(request),
  ) {
    this.hasCardPage = publishableKey === sandboxKey;
    this.base = this.hasCardPage ? `${globalThis.location.origin}/sandbox/stripe` : 'https://api.stripe.com';
  }

  /** The page where a card for this setup intent is typed; it comes back to `returnUrl` with the outcome. */
  cardPageUrl(clientSecret: string, returnUrl: string): string {
    const parameters = new URLSearchParams({
      setup_intent: intentIdOf(clientSecret),
      client_secret: clientSecret,
      return_url: returnUrl,
    });
    return `${this.base}/card-form?${parameters.toString()}`;
  }

  async paymentIntent(clientSecret: string): Promise<PaymentIntent> {
    return this.intent('GET', `/v1/payment_intents/${intentIdOf(clientSecret)}`, {
      client_secret: clientSecret,
    });
  }

  /** Asks for the bank's page; the answer's `redirectUrl` leads back to `returnUrl` afterwards. */
  async authenticate(clientSecret: string, returnUrl: string): Promise<PaymentIntent> {
    return this.intent('POST', `/v1/payment_intents/${intentIdOf(clientSecret)}/confirm`, {
      client_secret: clientSecret,
      return_url: returnUrl,
    });
  }

  private async intent(
    method: 'GET' | 'POST',
    path: string,
    values: Record<string, string>,
  ): Promise<PaymentIntent> {
    const parameters = new URLSearchParams(values).toString();
    const headers = { Authorization: `Bearer ${this.publishableKey}` };
    const request =
      method === 'GET'
        ? new Request(`${this.base}${path}?${parameters}`, { headers })
        : new Request(this.base + path, {
            method,
            headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
            body: parameters,
          });
    let response: Response;
    try {
      response = await this.send(request);
    } catch (thrown) {
      throw problemFromThrown(thrown);
    }
    const body = (await response.json().catch(() => ({}))) as IntentAnswer & {
      error?: { code?: string; message?: string };
    };
    if (!response.ok) {
      throw new Problem({
        kind: response.status >= 500 ? 'unavailable' : 'payment',
        status: response.status,
        code: body.error?.code ?? 'STRIPE_ERROR',
        message: body.error?.message ?? '',
      });
    }
    return {
      status: body.status,
      redirectUrl: body.next_action?.redirect_to_url?.url,
      declined: body.last_payment_error?.message,
    };
  }
}

/** `pi_123_secret_456` belongs to the intent `pi_123`. */
function intentIdOf(clientSecret: string): string {
  return clientSecret.split('_secret_')[0] ?? clientSecret;
}
