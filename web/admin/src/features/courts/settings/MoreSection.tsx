/** What is done rarely: times shown on the own site, settings copied to other courts, a court handed to another owner, a court removed. */
import { problemFromThrown, type Court } from '@courtside/api';
import { formatDate, formatInstant, formatMoney, problemText, useLanguage } from '@courtside/ui';
import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../../app/inLanguage';
import { useMyCourts } from '../../../data/courts';
import {
  useCloneSettings,
  useDecideTransfer,
  useRemoveCourt,
  useTransferCourt,
  useTransfers,
} from '../../../data/courtSettings';
import { BulkResults } from '../BulkResults';
import { EmbedSection } from './EmbedSection';
import { SaveLine, Section } from './Section';

export function MoreSection({ court }: { court: Court }) {
  return (
    <Stack gap="md">
      <EmbedSection court={court} />
      <Clone court={court} />
      <Transfer court={court} />
      <Remove court={court} />
    </Stack>
  );
}

/** COURT-42. */
function Clone({ court }: { court: Court }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const courts = useMyCourts();
  const others = (courts.data ?? []).filter(({ id }) => id !== court.id);
  const clone = useCloneSettings(court.id);
  const [chosen, setChosen] = useState<string[]>([]);
  const nameOf = (id: string) => {
    const found = others.find((other) => other.id === id);
    return (found && inLanguage(found.name, language)?.text) ?? id;
  };
  return (
    <Section title={t('clone.title')} lead={t('clone.lead')}>
      {others.length === 0 ? (
        <Text c="dimmed">{t('clone.noOthers')}</Text>
      ) : (
        <>
          <Checkbox.Group
            value={chosen}
            onChange={setChosen}
            label={<VisuallyHidden>{t('clone.targets')}</VisuallyHidden>}
          >
            <Group gap="sm">
              {others.map((other) => (
                <Checkbox key={other.id} value={other.id} label={nameOf(other.id)} />
              ))}
            </Group>
          </Checkbox.Group>
          <SaveLine
            changed={chosen.length > 0}
            working={clone.isPending}
            error={clone.error}
            label={t('clone.go')}
            onSave={() => clone.mutate({ targetCourtIds: chosen })}
          />
          {clone.data !== undefined && (
            <BulkResults
              result={clone.data}
              nameOf={nameOf}
              working={clone.isPending}
              onRetry={(targetCourtIds, confirmed) => clone.mutate({ targetCourtIds, confirmed })}
            />
          )}
        </>
      )}
    </Section>
  );
}

/** COURT-56 to COURT-59. */
function Transfer({ court }: { court: Court }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const transfers = useTransfers();
  const transfer = useTransferCourt(court.id);
  const decision = useDecideTransfer();
  const [email, setEmail] = useState('');
  const [asking, dialog] = useDisclosure(false);
  const waiting = transfers.data?.find(
    (one) =>
      one.courtId === court.id &&
      one.direction === 'OUTGOING' &&
      one.status === 'PENDING_TARGET_CONFIRMATION',
  );
  const problem = transfer.isError ? problemFromThrown(transfer.error) : undefined;
  const reason = typeof problem?.details.reason === 'string' ? problem.details.reason : undefined;
  return (
    <Section title={t('transfer.title')} lead={t('transfer.lead')}>
      {waiting !== undefined ? (
        <Group justify="space-between">
          <Text>
            {t('transfer.waiting', {
              email: waiting.targetOwnerEmail,
              until: formatInstant(waiting.expiresAt, court.timezone, language),
            })}
          </Text>
          <Button
            variant="default"
            loading={decision.isPending}
            onClick={() => decision.mutate({ transferId: waiting.transferId, accept: false })}
          >
            {t('transfer.withdraw')}
          </Button>
        </Group>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (email.trim() !== '') dialog.open();
          }}
        >
          <Stack gap="sm">
            <TextInput
              type="email"
              label={t('transfer.email')}
              maxLength={320}
              maw={420}
              autoComplete="off"
              value={email}
              error={problem?.fieldMessage('targetOwnerEmail')}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            {problem !== undefined && problem.fields.length === 0 && (
              <Alert color="red" role="alert">
                {reason === undefined ? problemText(problem, shared) : t(`transfer.refused.${reason}`)}
              </Alert>
            )}
            <SaveLine changed={email.trim() !== ''} working={transfer.isPending} label={t('transfer.go')} />
          </Stack>
        </form>
      )}
      {decision.isError && (
        <Alert color="red" role="alert">
          {problemText(decision.error, shared)}
        </Alert>
      )}
      <Modal
        opened={asking}
        onClose={dialog.close}
        title={t('transfer.sure')}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <Stack>
          <Text>{t('transfer.sureLead', { email: email.trim() })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close} data-autofocus>
              {t('reason.back')}
            </Button>
            <Button
              loading={transfer.isPending}
              onClick={() =>
                transfer.mutate(email.trim(), {
                  onSuccess: () => {
                    setEmail('');
                    notifications.show({ color: 'pine', message: t('transfer.sent') });
                  },
                  onSettled: dialog.close,
                })
              }
            >
              {t('transfer.go')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Section>
  );
}

/** COURT-22, COURT-23: only a court that nobody counts on any more. */
function Remove({ court }: { court: Court }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const navigate = useNavigate();
  const removal = useRemoveCourt();
  const [asking, dialog] = useDisclosure(false);
  const problem = removal.isError ? problemFromThrown(removal.error) : undefined;
  const said = () => {
    const { bookingCount, nextBookingDate, pendingAmountCents } = problem?.details ?? {};
    if (typeof bookingCount === 'number' && typeof nextBookingDate === 'string') {
      return t('remove.bookings', {
        count: bookingCount,
        date: formatDate(nextBookingDate, language, 'full'),
      });
    }
    if (typeof pendingAmountCents === 'number') {
      return t('remove.payouts', { amount: formatMoney(pendingAmountCents, language) });
    }
    return problemText(removal.error, shared);
  };
  return (
    <Section title={t('remove.title')} lead={t('remove.lead')}>
      {problem !== undefined && (
        <Alert color="red" role="alert">
          {said()}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button
          color="red"
          variant="light"
          onClick={() => {
            removal.reset();
            dialog.open();
          }}
        >
          {t('remove.go')}
        </Button>
      </Group>
      <Modal
        opened={asking}
        onClose={dialog.close}
        title={t('remove.sure')}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <Stack>
          <Text>{t('remove.sureLead', { court: inLanguage(court.name, language)?.text ?? '' })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close} data-autofocus>
              {t('reason.back')}
            </Button>
            <Button
              color="red"
              loading={removal.isPending}
              onClick={() =>
                removal.mutate(court.id, {
                  onSuccess: () => {
                    notifications.show({ color: 'pine', message: t('remove.done') });
                    void navigate({ to: '/courts' });
                  },
                  onSettled: dialog.close,
                })
              }
            >
              {t('remove.go')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Section>
  );
}
