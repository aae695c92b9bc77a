/** The address under which an invitation to the staff is taken, as the mail names it. Pure. */
export function invitationAddress(token: string): string {
  return `/invitation?token=${encodeURIComponent(token)}`;
}

/** The invitation that an address carries, if it is one. */
export function invitationIn(address: string): string | undefined {
  const url = new URL(address, 'http://portal.invalid');
  return url.pathname === '/invitation' ? (url.searchParams.get('token') ?? undefined) : undefined;
}
