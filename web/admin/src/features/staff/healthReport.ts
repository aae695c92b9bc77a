/** Reads what a service says of its own health. */
type Status = 'UP' | 'DEGRADED' | 'DOWN';

/** What is shown of it; hidden where the answer is kept inside the cluster. */
export interface HealthReport {
  status: Status | 'HIDDEN';
  components: Record<string, { status: Status }>;
}

export function readHealth(body: unknown): HealthReport {
  const report = body as Partial<HealthReport> | undefined;
  const known = report?.status === 'UP' || report?.status === 'DEGRADED' || report?.status === 'DOWN';
  return known
    ? { status: report.status ?? 'HIDDEN', components: report.components ?? {} }
    : { status: 'HIDDEN', components: {} };
}
