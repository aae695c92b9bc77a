/**
 * The one error funnel: whatever goes wrong with a call becomes a `Problem`.
 *
 * Screens show `message` (already in the reader's language), decide by `code` and hand `correlationId`
 * to support (APP-39). Nothing here knows React or a screen.
 */

/** What a screen should do about it, by HTTP status (APP-40, APP-41). */
export type ProblemKind =
  | 'fields'
  | 'signedOut'
  | 'payment'
  | 'forbidden'
  | 'gone'
  | 'conflict'
  | 'rule'
  | 'tooMany'
  | 'failure'
  | 'unavailable'
  | 'offline'
  | 'slow';

export interface FieldProblem {
  /** JSON path of the field in the body or the parameter's name, e.g. `name.el`. */
  field: string;
  message: string;
}

interface ProblemParts {
  kind: ProblemKind;
  status: number;
  code: string;
  message: string;
  details?: Record<string, unknown>;
  fields?: FieldProblem[];
  correlationId?: string;
  retryAfterSeconds?: number;
}

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly fields: FieldProblem[];
  readonly correlationId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(parts: ProblemParts) {
    super(parts.message);
    this.name = 'Problem';
    this.kind = parts.kind;
    this.status = parts.status;
    this.code = parts.code;
    this.details = parts.details ?? {};
    this.fields = parts.fields ?? [];
    this.correlationId = parts.correlationId;
    this.retryAfterSeconds = parts.retryAfterSeconds;
  }

  fieldMessage(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }
}

const kindByStatus: Record<number, ProblemKind> = {
  400: 'fields',
  401: 'signedOut',
  402: 'payment',
  403: 'forbidden',
  404: 'gone',
  409: 'conflict',
  410: 'gone',
  422: 'rule',
  429: 'tooMany',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldProblems(errors: unknown): FieldProblem[] {
  if (!Array.isArray(errors)) return [];
  return errors.filter(isRecord).map((entry) => ({
    field: typeof entry.field === 'string' ? entry.field : '',
    message: typeof entry.message === 'string' ? entry.message : '',
  }));
}

/** Seconds of a `Retry-After` header, given as a number or as a date. */
export function retryAfterSeconds(header: string | null, now: Date): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - now.getTime()) / 1000));
}

/** Reads an answer that is not 2xx. `body` is the parsed JSON, or anything else when it was not JSON. */
export function problemFromAnswer(
  response: Pick<Response, 'status' | 'headers'>,
  body: unknown,
  now: Date = new Date(),
): Problem {
  const status = response.status;
  const record = isRecord(body) ? body : {};
  // BOOK-06 and others put their facts beside the fixed members; keep them reachable in one place.
  const { error, message, details, timestamp, correlationId, errors, ...besides } = record;
  void timestamp;
  return new Problem({
    kind: kindByStatus[status] ?? (status >= 500 ? 'failure' : 'rule'),
    status,
    code: typeof error === 'string' ? error : `HTTP_${status}`,
    message: typeof message === 'string' ? message : '',
    details: { ...besides, ...(isRecord(details) ? details : {}) },
    fields: fieldProblems(errors ?? (isRecord(details) ? details.errors : undefined)),
    correlationId:
      typeof correlationId === 'string' ? correlationId : (response.headers.get('X-Request-Id') ?? undefined),
    retryAfterSeconds: retryAfterSeconds(response.headers.get('Retry-After'), now),
  });
}

/** Reads whatever a call threw before an answer came. */
export function problemFromThrown(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError') {
    return new Problem({ kind: 'slow', status: 0, code: 'CLIENT_TIMEOUT', message: '' });
  }
  if (thrown instanceof TypeError) {
    return new Problem({ kind: 'offline', status: 0, code: 'CLIENT_OFFLINE', message: '' });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem({ kind: 'failure', status: 0, code: 'CLIENT_FAILURE', message });
}

/** APP-41: reads are repeated once, or with growing waits while a gateway says the service is away. */
export function shouldRepeatRead(failures: number, thrown: unknown): boolean {
  const problem = problemFromThrown(thrown);
  switch (problem.kind) {
    case 'failure':
    case 'offline':
      return failures < 1;
    case 'unavailable':
      return failures < 4;
    default:
      return false;
  }
}

/** Milliseconds before the next read, for the given number of earlier repeats. */
export function repeatReadAfter(failures: number, thrown: unknown): number {
  const problem = problemFromThrown(thrown);
  if (problem.kind === 'failure') return 3_000;
  if (problem.kind === 'offline') return 2_000;
  return Math.min(30_000, 2_000 * 2 ** failures);
}
