/**
 * Stripe as a browser may use it: with the publishable key only and straight to Stripe. Card numbers are
 * typed into a page that Stripe hosts, never into one of ours (PAY-14); we hear of the finished card.
 *
 * The sandbox speaks Stripe's dialect and hosts such a page. With a real key the page would be Stripe's own
 * fields, which come with Stripe.js; until then only saved cards can be used (`hasCardForm` is false).
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

/** What the hosted card form tells the page around it. */
export type CardFormMessage =
  | { type: 'ready' }
  | { type: 'saved'; paymentMethod?: string; setupIntent?: string }
  | { type: 'failed'; code: string | null; message: string };

interface IntentAnswer {
  status: PaymentIntentState;
  next_action?: { redirect_to_url?: { url?: string } | null } | null;
  last_payment_error?: { message?: string } | null;
}

export class StripeInBrowser {
  readonly hasCardForm: boolean;
  private readonly base: string;

  constructor(
    private readonly publishableKey: string,
    private readonly send: (request: Request) => Promise<Response> = (request) => fetch(request),
  ) {
    this.hasCardForm = publishableKey === sandboxKey;
    this.base = this.hasCardForm ? `${globalThis.location.origin}/sandbox/stripe` : 'https://api.stripe.com';
  }

  /** The page to embed in which a card for this setup intent is typed. */
  cardFormUrl(clientSecret: string): string {
    const parameters = new URLSearchParams({
      setup_intent: intentIdOf(clientSecret),
      client_secret: clientSecret,
      origin: globalThis.location.origin,
    });
    return `${this.base}/card-form?${parameters.toString()}`;
  }

  /** The form's message in a window message, or undefined when it came from anywhere else. */
  cardFormMessage(event: Pick<MessageEvent, 'origin' | 'data'>): CardFormMessage | undefined {
    const message = event.data as ({ source?: unknown } & CardFormMessage) | null;
    const isOurs = event.origin === new URL(this.base).origin && message?.source === 'courtside-card-form';
    return isOurs ? message : undefined;
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
