/** COURT-18, COURT-20, COURT-30: a change touches bookings. They are listed, and nothing happens until the owner says yes. */
import { problemFromThrown, type Problem } from '@courtside/api';
import { formatDate, useLanguage } from '@courtside/ui';
import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

interface AffectedBooking {
  bookingId: string;
  date: string;
  impacts: string[];
}

function affectedBookings(problem: Problem): AffectedBooking[] {
  const { affectedBookings: listed } = problem.details;
  return Array.isArray(listed) ? (listed as AffectedBooking[]) : [];
}

/** Whether an error is this question rather than a failure. */
export function asksAboutBookings(thrown: unknown): boolean {
  return thrown != null && problemFromThrown(thrown).code === 'CHANGE_AFFECTS_BOOKINGS';
}

interface AffectedDialogProps {
  /** What the change was refused with; the dialog is open while it is such a refusal. */
  error: unknown;
  /** What becomes of the bookings when the change goes through. */
  outcome: 'kept' | 'cancelled';
  working: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function AffectedDialog({ error, outcome, working, onConfirm, onClose }: AffectedDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const opened = asksAboutBookings(error);
  const problem = opened ? problemFromThrown(error) : undefined;
  const affected = problem === undefined ? [] : affectedBookings(problem);
  const canConfirm = problem?.details.requiresConfirmation === true;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('affected.title', { count: affected.length })}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <Stack>
        <Text>{t(!canConfirm ? 'affected.refused' : `affected.${outcome}`)}</Text>
        <Stack
          component="ul"
          gap="xs"
          m={0}
          p={0}
          style={{ listStyle: 'none', maxHeight: '40dvh', overflow: 'auto' }}
        >
          {affected.map(({ bookingId, date, impacts }) => (
            <li key={bookingId}>
              <Group justify="space-between" gap="xs">
                <Text size="sm" fw={600}>
                  {formatDate(date, language, 'medium')}
                </Text>
                <Text size="sm" c="dimmed" style={{ flex: 1 }}>
                  {impacts.map((impact) => t(`affected.impact.${impact}`)).join(', ')}
                </Text>
                <Anchor
                  size="sm"
                  renderRoot={(props) => (
                    <Link to="/calendar" search={{ date, booking: bookingId }} target="_blank" {...props} />
                  )}
                >
                  {t('affected.open', { id: bookingId.slice(-8).toUpperCase() })}
                </Anchor>
              </Group>
            </li>
          ))}
        </Stack>
        {outcome === 'cancelled' && canConfirm && <Alert color="orange">{t('affected.refundHint')}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('affected.back')}
          </Button>
          {canConfirm && (
            <Button color={outcome === 'cancelled' ? 'red' : 'pine'} loading={working} onClick={onConfirm}>
              {t(`affected.confirm.${outcome}`)}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
