/**
 * ADMIN-20, ADMIN-25: closes courts on holidays. It first asks the server with ABORT, which changes nothing when bookings are
 * in the way and lists them; only then the owner chooses what becomes of them.
 */
import { problemFromThrown, type Court, type CourtType } from '@courtside/api';
import {
  formatDate,
  formatMoney,
  formatTimeRange,
  problemText,
  useFocusBack,
  useLanguage,
} from '@courtside/ui';
import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, Switch, Text } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { conflictsOf, hasPendingBookings, useApplyHolidays, type ConflictChoice } from '../../data/holidays';

interface ApplyDialogProps {
  courts: Court[];
  holidayIds: string[];
  names: ReadonlyMap<string, string>;
  /** The current one; two more can be chosen (HOL-24). */
  year: number;
  onClose: () => void;
}

export function ApplyDialog({ courts, holidayIds, names, year, onClose }: ApplyDialogProps) {
  useFocusBack();
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const apply = useApplyHolidays();
  const [courtIds, setCourtIds] = useState(courts.map(({ id }) => id));
  const [years, setYears] = useState([String(year), String(year + 1)]);
  const [autoRenew, setAutoRenew] = useState(true);
  const [choice, setChoice] = useState<'SKIP' | 'CANCEL_BOOKINGS'>('SKIP');
  const sports = [...new Set(courts.map(({ courtType }) => courtType))];
  const conflicts = conflictsOf(apply.error);
  const problem = apply.isError ? problemFromThrown(apply.error) : undefined;
  const pending = problem !== undefined && hasPendingBookings(problem);
  const ofSport = (sport: CourtType) =>
    courts.filter(({ courtType }) => courtType === sport).map(({ id }) => id);

  const send = (conflictResolution: ConflictChoice) =>
    apply.mutate(
      { holidayIds, courtIds, years: years.map(Number), autoRenew, conflictResolution },
      {
        onSuccess: (result) => {
          const left = result.skippedDates.filter(({ reason }) => reason !== 'ALREADY_BLOCKED').length;
          notifications.show({
            color: left > 0 ? 'orange' : 'pine',
            title: t('holidays.applied', { count: result.overridesCreated }),
            message: [
              left > 0 ? t('holidays.left', { count: left }) : '',
              result.cancelledBookings.length > 0
                ? t('holidays.cancelled', { count: result.cancelledBookings.length })
                : '',
            ].join(' '),
            autoClose: 8000,
          });
          onClose();
        },
      },
    );

  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('holidays.applyTitle', { names: holidayIds.map((id) => names.get(id) ?? '').join(', ') })}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {conflicts.length === 0 ? (
        <Stack>
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setCourtIds(courts.map(({ id }) => id))}>
              {t('bulk.all')}
            </Button>
            {sports.length > 1 &&
              sports.map((sport) => (
                <Button key={sport} size="xs" variant="default" onClick={() => setCourtIds(ofSport(sport))}>
                  {shared(`sport.${sport}`)}
                </Button>
              ))}
            <Button size="xs" variant="subtle" onClick={() => setCourtIds([])}>
              {t('bulk.none')}
            </Button>
          </Group>
          <Checkbox.Group label={t('bulk.courts')} value={courtIds} onChange={setCourtIds}>
            <Stack gap={8} mt={6}>
              {courts.map((court) => (
                <Checkbox key={court.id} value={court.id} label={inLanguage(court.name, language)?.text} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Checkbox.Group label={t('holidays.years')} value={years} onChange={setYears}>
            <Group mt={6}>
              {[0, 1, 2].map((ahead) => (
                <Checkbox key={ahead} value={String(year + ahead)} label={String(year + ahead)} />
              ))}
            </Group>
          </Checkbox.Group>
          <Switch
            label={t('holidays.renew')}
            checked={autoRenew}
            onChange={(event) => setAutoRenew(event.currentTarget.checked)}
          />
          {problem !== undefined && (
            <Alert color="red" role="alert">
              {problemText(problem, shared)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('reason.back')}
            </Button>
            <Button
              loading={apply.isPending}
              disabled={!online || courtIds.length === 0 || years.length === 0}
              onClick={() => send('ABORT')}
            >
              {t('holidays.close')}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack>
          <Alert color="orange" role="alert">
            {t(pending ? 'holidays.pending' : 'holidays.conflicts')}
          </Alert>
          <Stack
            component="ul"
            gap="xs"
            m={0}
            p={0}
            mah="35dvh"
            style={{ listStyle: 'none', overflow: 'auto' }}
          >
            {conflicts.flatMap((conflict) =>
              conflict.existingBookings.map((booking) => (
                <li key={`${conflict.courtId} ${conflict.date} ${booking.startTime}`}>
                  <Text size="sm" fw={650}>
                    {formatDate(conflict.date, language, 'medium')},{' '}
                    {formatTimeRange(booking.startTime, booking.endTime)}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {[
                      conflict.courtName,
                      booking.customerName,
                      booking.amount == null ? undefined : formatMoney(booking.amount, language),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </Text>
                </li>
              )),
            )}
          </Stack>
          <Radio.Group label={t('holidays.choice')} value={choice} onChange={(value) => setChoice(value)}>
            <Stack gap="xs" mt={6}>
              <Radio
                value="SKIP"
                label={t('holidays.choices.SKIP')}
                description={t('holidays.choiceHints.SKIP')}
              />
              <Radio
                value="CANCEL_BOOKINGS"
                disabled={pending}
                label={t('holidays.choices.CANCEL_BOOKINGS')}
                description={t('holidays.choiceHints.CANCEL_BOOKINGS')}
              />
            </Stack>
          </Radio.Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('holidays.abort')}
            </Button>
            <Button
              color={choice === 'CANCEL_BOOKINGS' ? 'red' : 'pine'}
              loading={apply.isPending}
              disabled={!online}
              onClick={() => send(choice)}
            >
              {t('holidays.close')}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
