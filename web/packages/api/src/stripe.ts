/**
 * Stripe as a browser may use it: with the publishable key only, straight to Stripe, so that no card number
 * ever passes the services (PAY-14).
 *
 * The sandbox speaks Stripe's own dialect and takes typed test cards. With a real key, typed cards must go
 * through Stripe's hosted fields, so `takesTypedCards` is false then.
 */
import { Problem, problemFromThrown } from './problem';

/** The publishable key that the sandbox is configured with. */
const sandboxKey = 'pk_test_courtside_sandbox';

export interface TypedCard {
  number: string;
  expiryMonth: number;
  expiryYear: number;
  securityCode: string;
}

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
  readonly takesTypedCards: boolean;
  private readonly base: string;

  constructor(
    private readonly publishableKey: string,
    private readonly send: (request: Request) => Promise<Response> = (request) => fetch(request),
  ) {
    this.takesTypedCards = publishableKey === sandboxKey;
    this.base = this.takesTypedCards
      ? `${globalThis.location.origin}/sandbox/stripe`
      : 'https://api.stripe.com';
  }

  /** @returns the payment method's id. */
  async createPaymentMethod(card: TypedCard): Promise<string> {
    const answer = (await this.call('POST', '/v1/payment_methods', {
      type: 'card',
      'card[number]': card.number.replace(/\D/g, ''),
      'card[exp_month]': String(card.expiryMonth),
      'card[exp_year]': String(card.expiryYear),
      'card[cvc]': card.securityCode,
    })) as { id: string };
    return answer.id;
  }

  async paymentIntent(clientSecret: string): Promise<PaymentIntent> {
    const answer = (await this.call('GET', `/v1/payment_intents/${intentIdOf(clientSecret)}`, {
      client_secret: clientSecret,
    })) as IntentAnswer;
    return {
      status: answer.status,
      redirectUrl: answer.next_action?.redirect_to_url?.url,
      declined: answer.last_payment_error?.message,
    };
  }

  private async call(method: 'GET' | 'POST', path: string, values: Record<string, string>): Promise<unknown> {
    const parameters = new URLSearchParams(values).toString();
    const request =
      method === 'GET'
        ? new Request(`${this.base}${path}?${parameters}`, { headers: this.headers() })
        : new Request(this.base + path, {
            method,
            headers: { ...this.headers(), 'Content-Type': 'application/x-www-form-urlencoded' },
            body: parameters,
          });
    let response: Response;
    try {
      response = await this.send(request);
    } catch (thrown) {
      throw problemFromThrown(thrown);
    }
    const body = (await response.json().catch(() => ({}))) as {
      error?: { code?: string; message?: string };
    };
    if (response.ok) return body;
    throw new Problem({
      kind: response.status >= 500 ? 'unavailable' : 'payment',
      status: response.status,
      code: body.error?.code ?? 'STRIPE_ERROR',
      message: body.error?.message ?? '',
    });
  }

  private headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.publishableKey}` };
  }
}

/** `pi_123_secret_456` belongs to the intent `pi_123`. */
function intentIdOf(clientSecret: string): string {
  return clientSecret.split('_secret_')[0] ?? clientSecret;
}
