/** What happened to a booking and its money, in order. */
import type { BookingDetail } from '@courtside/api';
import { formatInstant, useLanguage } from '@courtside/ui';
import { Divider, Stack, Text, Timeline as Steps, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { timelineOf } from './timeline';

export function Timeline({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const steps = timelineOf(booking);
  if (steps.length < 2) return null;
  return (
    <>
      <Divider />
      <Stack gap="sm" component="section">
        <Title order={2} fz="h4">
          {t('booking.history')}
        </Title>
        <Steps active={steps.length} bulletSize={14} lineWidth={2}>
          {steps.map((step) => (
            <Steps.Item
              key={`${step.at} ${step.name}`}
              title={step.kind === 'state' ? shared(`bookingStatus.${step.name}`) : t(`money.${step.name}`)}
            >
              <Text size="sm" c="dimmed">
                {[formatInstant(step.at, booking.timezone, language), step.reason]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </Steps.Item>
          ))}
        </Steps>
      </Stack>
    </>
  );
}
