/**
 * ADMIN-51: warns an owner who has done nothing for a while, then signs out; the same address opens after the next sign-in.
 * Several tabs count as one person: each tells the others of what is done in it.
 */
import { useSession } from '@courtside/ui';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { idleness, type Idleness } from './inactivity';

const storedAs = 'courtside.portal.active';
const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

function lastActivity(): number {
  return Number(localStorage.getItem(storedAs) ?? 0);
}

export function Inactivity() {
  const { t } = useTranslation();
  const { session } = useSession();
  const [state, setState] = useState<Idleness>('active');
  useEffect(() => {
    const note = () => {
      const now = Date.now();
      // Once in a few seconds is enough, and storage is shared.
      if (now - lastActivity() > 5_000) localStorage.setItem(storedAs, String(now));
    };
    const noteUnlessWarned = () => {
      if (idleness(lastActivity(), Date.now()) === 'active') note();
    };
    localStorage.setItem(storedAs, String(Date.now()));
    for (const sign of signs) window.addEventListener(sign, noteUnlessWarned, { passive: true });
    const timer = setInterval(() => {
      const found = idleness(lastActivity(), Date.now());
      setState(found);
      if (found === 'over') void session.signOut();
    }, 5_000);
    return () => {
      clearInterval(timer);
      for (const sign of signs) window.removeEventListener(sign, noteUnlessWarned);
    };
  }, [session]);
  const stay = () => {
    localStorage.setItem(storedAs, String(Date.now()));
    setState('active');
  };
  return (
    <Modal opened={state === 'warned'} onClose={stay} withCloseButton={false} title={t('inactive.title')}>
      <Stack>
        <Text>{t('inactive.lead')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => void session.signOut()}>
            {t('nav.signOut')}
          </Button>
          <Button data-autofocus onClick={stay}>
            {t('inactive.stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
