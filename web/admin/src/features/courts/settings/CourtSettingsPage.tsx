/** One court with everything that can be set about it, in parts that are saved one by one. */
import { ListSkeleton, ProblemView, useLanguage } from '@courtside/ui';
import { Button, Container, Group, Tabs, Title } from '@mantine/core';
import {
  IconArrowLeft,
  IconCalendarOff,
  IconClock,
  IconCoinEuro,
  IconDots,
  IconEyeOff,
  IconInfoCircle,
  IconPhoto,
  IconTicket,
} from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../../app/inLanguage';
import { courtParts, type CourtPart } from '../../../app/courtParts';
import { useCourt } from '../../../data/courtSettings';
import { BookingSection } from './BookingSection';
import { ClosuresSection } from './ClosuresSection';
import classes from './CourtSettingsPage.module.css';
import { DetailsSection } from './DetailsSection';
import { HoursSection } from './HoursSection';
import { MoreSection } from './MoreSection';
import { PicturesSection } from './PicturesSection';
import { PricingSection } from './PricingSection';

const icons: Record<CourtPart, typeof IconClock> = {
  details: IconInfoCircle,
  hours: IconClock,
  closures: IconCalendarOff,
  prices: IconCoinEuro,
  bookings: IconTicket,
  pictures: IconPhoto,
  more: IconDots,
};

export function CourtSettingsPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { courtId } = useParams({ from: '/portal/owners/courts/$courtId' });
  const { part = 'details' } = useSearch({ from: '/portal/owners/courts/$courtId' });
  const navigate = useNavigate({ from: '/courts/$courtId' });
  const found = useCourt(courtId);
  const court = found.data;
  return (
    <Container size="lg" py="lg">
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        mb="sm"
        leftSection={<IconArrowLeft size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/courts" {...props} />}
      >
        {t('courts.title')}
      </Button>
      {found.isPending && <ListSkeleton rows={4} />}
      {found.isError && court === undefined && (
        <ProblemView error={found.error} onRetry={() => void found.refetch()} />
      )}
      {court !== undefined && (
        <>
          <Group mb="md" gap="sm">
            <Title order={1} fz="h2">
              {inLanguage(court.name, language)?.text}
            </Title>
            {!court.visible && (
              <Group gap={4} c="dimmed" fz="sm">
                <IconEyeOff size={16} aria-hidden /> {t('courts.hidden')}
              </Group>
            )}
          </Group>
          <Tabs
            value={part}
            keepMounted={false}
            onChange={(value) =>
              void navigate({
                search: { part: value === 'details' ? undefined : (value as CourtPart) },
                replace: true,
              })
            }
          >
            <Tabs.List className={classes.tabs} mb="md" aria-label={t('settings.parts')}>
              {courtParts.map((value) => {
                const Icon = icons[value];
                return (
                  <Tabs.Tab key={value} value={value} leftSection={<Icon size={17} aria-hidden />}>
                    {t(`settings.part.${value}`)}
                  </Tabs.Tab>
                );
              })}
            </Tabs.List>
            <Tabs.Panel value="details">
              <DetailsSection key={court.id} court={court} />
            </Tabs.Panel>
            <Tabs.Panel value="hours">
              <HoursSection court={court} />
            </Tabs.Panel>
            <Tabs.Panel value="closures">
              <ClosuresSection court={court} />
            </Tabs.Panel>
            <Tabs.Panel value="prices">
              <PricingSection court={court} />
            </Tabs.Panel>
            <Tabs.Panel value="bookings">
              <BookingSection court={court} />
            </Tabs.Panel>
            <Tabs.Panel value="pictures">
              <PicturesSection court={court} />
            </Tabs.Panel>
            <Tabs.Panel value="more">
              <MoreSection court={court} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Container>
  );
}
