/** ADMIN-56, ADMIN-57: keys that lead anywhere, and the sheet that lists them. None of them acts while something is typed. */
import { Kbd, Modal, Table } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const pages = [
  ['alt+1', '/overview', 'nav.overview'],
  ['alt+2', '/calendar', 'nav.calendar'],
  ['alt+3', '/pending', 'nav.pending'],
  ['alt+4', '/courts', 'nav.courts'],
  ['alt+5', '/holidays', 'nav.holidays'],
  ['alt+6', '/money', 'nav.money'],
  ['alt+7', '/settings', 'nav.settings'],
] as const;

const others = [
  ['N', 'shortcuts.newBooking'],
  ['T', 'shortcuts.today'],
  ['←  →', 'shortcuts.step'],
  ['Ctrl + Shift + C', 'nav.calendar'],
  ['?', 'shortcuts.sheet'],
] as const;

export function ShortcutList() {
  const { t } = useTranslation();
  const rows = [
    ...pages.map(([keys, , label]) => [keys.replace('alt+', 'Alt + '), t(label)] as const),
    ...others.map(([keys, label]) => [keys, t(label)] as const),
  ];
  return (
    <Table>
      <Table.Tbody>
        {rows.map(([keys, label]) => (
          <Table.Tr key={keys}>
            <Table.Td w={170}>
              <Kbd>{keys}</Kbd>
            </Table.Td>
            <Table.Td>{label}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Listens on every page of an owner. */
export function Shortcuts() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const navigate = useNavigate();
  const [opened, sheet] = useDisclosure(false);
  useHotkeys([
    ...pages.map(([keys, to]) => [keys, () => void navigate({ to })] as [string, () => void]),
    ['mod+shift+C', () => void navigate({ to: '/calendar' })],
    ['shift+?', sheet.toggle],
    ['?', sheet.toggle],
  ]);
  return (
    <Modal
      opened={opened}
      onClose={sheet.close}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <ShortcutList />
    </Modal>
  );
}
