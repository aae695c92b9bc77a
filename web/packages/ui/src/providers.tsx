/** Everything both apps put around their screens: theme, notifications, query cache, session, client, live. */
import type { ApiClient, Session, SessionState } from '@courtside/api';
import { repeatReadAfter, shouldRepeatRead } from '@courtside/api';
import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveConnection } from './live/connection';
import { LiveProvider } from './live/hooks';
import { cssVariablesResolver, theme } from './theme';

interface Services {
  api: ApiClient;
  session: Session;
}

const ServicesContext = createContext<Services | undefined>(undefined);

/** Reads repeat by the rules of APP-41, everything else only by the user. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: shouldRepeatRead,
        retryDelay: repeatReadAfter,
        refetchOnWindowFocus: true,
        // Without a network a read fails and says so, instead of waiting in silence; back online it is repeated.
        networkMode: 'always',
        refetchOnReconnect: true,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

interface CourtsideProvidersProps extends Services {
  live: LiveConnection;
  queries: QueryClient;
  children: ReactNode;
}

/** The theme, with the words that its components say by themselves. */
function useTheme() {
  const { t } = useTranslation('ui');
  const close = t('close');
  return useMemo(
    () =>
      mergeThemeOverrides(theme, {
        components: { Notification: { defaultProps: { closeButtonProps: { 'aria-label': close } } } },
      }),
    [close],
  );
}

export function CourtsideProviders({ api, session, live, queries, children }: CourtsideProvidersProps) {
  return (
    <MantineProvider theme={useTheme()} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <Notifications position="top-center" limit={3} />
      <ServicesContext.Provider value={{ api, session }}>
        <QueryClientProvider client={queries}>
          <LiveProvider connection={live}>{children}</LiveProvider>
        </QueryClientProvider>
      </ServicesContext.Provider>
    </MantineProvider>
  );
}

function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('CourtsideProviders is missing above this component');
  return services;
}

export function useApi(): ApiClient {
  return useServices().api;
}

export function useSession(): SessionState & { session: Session } {
  const { session } = useServices();
  const state = useSyncExternalStore(session.subscribe, session.snapshot);
  return { ...state, session };
}
