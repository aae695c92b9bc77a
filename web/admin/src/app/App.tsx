import { CourtsideProviders } from '@courtside/ui';
import { RouterProvider } from '@tanstack/react-router';
import { router } from './router';
import { api, live, queries, session } from './services';

export function App() {
  return (
    <CourtsideProviders api={api} session={session} live={live} queries={queries}>
      <RouterProvider router={router} />
    </CourtsideProviders>
  );
}
