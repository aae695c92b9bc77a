/** When an answer to a verification is late (ADMIN-42: 48 hours). Pure. */
const targetMs = 48 * 3_600_000;

export function isOverdue(request: { status: string; submittedAt: string }, now: Date): boolean {
  return request.status === 'PENDING_REVIEW' && now.getTime() - Date.parse(request.submittedAt) > targetMs;
}
