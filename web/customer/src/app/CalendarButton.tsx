/** Puts a booking into the device's calendar as an iCalendar file (APP-32). */
import type { Booking, BookingDetail } from '@courtside/api';
import { instantOf } from '@courtside/ui';
import { Button } from '@mantine/core';
import { IconCalendarPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { calendarFile } from './calendarFile';

export function CalendarButton({ booking }: { booking: Booking & Pick<BookingDetail, 'courtAddress'> }) {
  const { t } = useTranslation();
  const save = () => {
    const text = calendarFile({
      id: booking.id,
      title: booking.courtName,
      place: booking.courtAddress ?? '',
      startsAt: instantOf(booking.date, booking.startTime, booking.timezone),
      endsAt: instantOf(booking.date, booking.endTime, booking.timezone),
      stampedAt: new Date(),
    });
    const address = URL.createObjectURL(new Blob([text], { type: 'text/calendar' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `courtside-${booking.date}.ics`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Button variant="default" leftSection={<IconCalendarPlus size={18} />} onClick={save}>
      {t('result.calendar')}
    </Button>
  );
}
