/** The start: the landing page for strangers, the search for members (APP-63). */
import { useSession } from '@courtside/ui';
import { lazyRouteComponent, useSearch } from '@tanstack/react-router';
import { MembersOnly } from './MembersOnly';

const Landing = lazyRouteComponent(() => import('../features/landing/LandingPage'), 'LandingPage');
const Explore = lazyRouteComponent(() => import('../features/explore/ExplorePage'), 'ExplorePage');

export function Home() {
  const { phase, ended } = useSession();
  const search = useSearch({ from: '/' });
  // A search that somebody shared is no start: it leads through the sign-in to what was found.
  const isStart = Object.values(search).every((value) => value === undefined);
  if (phase === 'signedOut' && !ended && isStart) return <Landing />;
  return (
    <MembersOnly>
      <Explore />
    </MembersOnly>
  );
}
