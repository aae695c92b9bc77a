/** Hands an address of the app to the device's share sheet, or copies it where there is none (APP-32). */
import { ActionIcon } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconShare } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface ShareButtonProps {
  title: string;
  text?: string;
  path: string;
}

export function ShareButton({ title, text, path }: ShareButtonProps) {
  const { t } = useTranslation();
  const share = async () => {
    const url = new URL(path, location.origin).toString();
    try {
      if (typeof navigator.share === 'function') {
        await navigator.share({ title, text, url });
        return;
      }
      await navigator.clipboard.writeText(text === undefined ? url : `${text}\n${url}`);
      notifications.show({ message: t('share.copied'), color: 'pine' });
    } catch (thrown) {
      // Closing the share sheet is no failure.
      if (thrown instanceof DOMException && thrown.name === 'AbortError') return;
      notifications.show({ title: t('share.failed'), message: url, color: 'orange', autoClose: false });
    }
  };
  return (
    <ActionIcon
      variant="default"
      radius="xl"
      size={38}
      aria-label={t('share.open')}
      onClick={() => void share()}
    >
      <IconShare size={19} />
    </ActionIcon>
  );
}
