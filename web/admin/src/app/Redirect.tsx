/** Goes to another address of the portal once, however often the page renders until it is there. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

export function Redirect({ href }: { href: string }) {
  const router = useRouter();
  useEffect(() => {
    void router.navigate({ href, replace: true });
  }, [router, href]);
  return null;
}

/** Sends a stranger to the welcome screen, which leads back to the address of this very moment (ADMIN-49). */
export function ToWelcome() {
  const router = useRouter();
  useEffect(() => {
    const { href } = router.state.location;
    void router.navigate({
      to: '/welcome',
      search: { to: href === '/' ? undefined : href },
      replace: true,
    });
  }, [router]);
  return null;
}
