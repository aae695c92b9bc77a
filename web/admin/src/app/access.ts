/** Who may use the portal, decided in one place. The server checks every call anyway (ADMIN-44). */
import type { Role } from '@courtside/api';

export type Access = 'owner' | 'staff' | 'none';

export function accessOf(role: Role | undefined): Access {
  switch (role) {
    case 'COURT_OWNER':
      return 'owner';
    case 'SUPPORT_AGENT':
    case 'PLATFORM_ADMIN':
      return 'staff';
    default:
      return 'none';
  }
}

/** A portal address to return to after the sign-in, or the start when it is not one. */
export function returnAddress(asked: unknown): string {
  const isOwn = typeof asked === 'string' && /^\/(?![/\\])/.test(asked);
  return isOwn && !asked.startsWith('/welcome') && !asked.startsWith('/signin') ? asked : '/';
}
