/**
 * Every shared component in both languages and at both widths, side by side: what a change of one looks like everywhere.
 * Nothing here reaches the services; each sample is made of fixed data.
 */
import { Problem, type CourtType, type Language } from '@courtside/api';
import {
  Badge,
  Button,
  Group,
  Skeleton,
  Stack,
  Switch,
  Tabs,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import i18next, { type i18n } from 'i18next';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { ConfirmDialog } from '../components/ConfirmDialog';
import { CourtImage } from '../components/CourtImage';
import { CourtTime } from '../components/CourtTime';
import { DataTable } from '../components/DataTable';
import { DayStrip } from '../components/DayStrip';
import { EmptyState } from '../components/EmptyState';
import { LanguageSwitch } from '../components/LanguageSwitch';
import { LazyCourtMap } from '../components/LazyCourtMap';
import { LiveMark } from '../components/LiveMark';
import { Logo } from '../components/Logo';
import { Money } from '../components/Money';
import { Pager } from '../components/Pager';
import { ProblemView } from '../components/ProblemView';
import { SchemeSwitch } from '../components/SchemeSwitch';
import { SlotGrid, type GridSlot } from '../components/SlotGrid';
import { SportIcon } from '../components/SportIcon';
import { StatusBadge } from '../components/StatusBadge';
import { toastDone, toastProblem } from '../components/toast';
import { datesFrom, formatDate } from '../formats';
import { FormProblem } from '../forms/FormProblem';
import { useFields } from '../forms/useFields';
import { useLanguage } from '../i18n';
import classes from './Gallery.module.css';
import { Bells, Messages, Preferences } from './NotificationSamples';

const today = '2026-11-23';
const athens = 'Europe/Athens';
const sports: CourtType[] = ['TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5'];
const slots: GridSlot[] = [
  { startTime: '09:00', endTime: '10:30', status: 'AVAILABLE', priceCents: 2400, past: true },
  { startTime: '10:30', endTime: '12:00', status: 'AVAILABLE', priceCents: 2400 },
  { startTime: '12:00', endTime: '13:30', status: 'BOOKED', priceCents: 2400 },
  { startTime: '13:30', endTime: '15:00', status: 'HELD', priceCents: 2850 },
  { startTime: '15:00', endTime: '16:30', status: 'BLOCKED' },
];
const rows = [
  { id: '1', court: 'Παντελεήμων 1', start: '10:30', end: '12:00', cents: 2400 },
  { id: '2', court: 'Kifisia Padel 2', start: '18:00', end: '19:30', cents: 3250 },
];
const problems = {
  offline: new Problem({ kind: 'offline', status: 0, code: 'CLIENT_OFFLINE', message: '' }),
  failure: new Problem({
    kind: 'failure',
    status: 500,
    code: 'INTERNAL_SERVICE_ERROR',
    message: '',
    correlationId: '4bf92f3577b34da6a3ce929d0e0e4736',
  }),
  gone: new Problem({ kind: 'gone', status: 404, code: 'COURT_NOT_FOUND', message: '' }),
};

function Slots() {
  const [selected, setSelected] = useState<string>();
  const language = useLanguage();
  return (
    <SlotGrid
      slots={slots}
      label={formatDate(today, language, 'full')}
      selected={selected}
      onSelect={(slot) => setSelected(slot.startTime)}
    />
  );
}

function Days() {
  const [day, setDay] = useState(today);
  return <DayStrip dates={datesFrom(today, 10)} today={today} value={day} onChange={setDay} />;
}

function Fields() {
  const { t } = useTranslation('ui');
  const initial: { name: string; notes: string; news: boolean } = { name: '', notes: '', news: true };
  const fields = useFields({ initial });
  const send = () => fields.check({ name: fields.values.name === '' ? t('gallery.needed') : undefined });
  return (
    <form
      {...fields.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack>
        <TextInput label={t('gallery.name')} required {...fields.text('name')} />
        <Textarea label={t('gallery.notes')} {...fields.text('notes')} />
        <Switch
          label={t('gallery.news')}
          checked={fields.values.news}
          onChange={(event) => fields.set('news', event.currentTarget.checked)}
        />
        <FormProblem problem={problems.failure} />
        <Button type="submit">{t('gallery.send')}</Button>
      </Stack>
    </form>
  );
}

function Dialog() {
  const { t } = useTranslation('ui');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('gallery.open')}
      </Button>
      <ConfirmDialog
        opened={open}
        onClose={() => setOpen(false)}
        title={t('gallery.sure')}
        lead={t('gallery.sureLead')}
        confirm={t('gallery.send')}
        dangerous
        onConfirm={() => Promise.reject(problems.offline)}
      />
    </>
  );
}

function Toasts() {
  const { t } = useTranslation('ui');
  return (
    <Group>
      <Button variant="default" onClick={() => toastDone(t('gallery.sent'))}>
        {t('gallery.sent')}
      </Button>
      <Button variant="default" onClick={() => toastProblem(problems.offline)}>
        {t('problem.offlineTitle')}
      </Button>
    </Group>
  );
}

function Table() {
  const { t } = useTranslation('ui');
  const [page, setPage] = useState(0);
  return (
    <>
      <DataTable
        label={t('gallery.bookings')}
        rows={rows}
        rowKey={(row) => row.id}
        columns={[
          { key: 'court', title: t('gallery.court'), cell: (row) => row.court, heading: true },
          {
            key: 'time',
            title: t('gallery.time'),
            cell: (row) => (
              <CourtTime date={today} startTime={row.start} endTime={row.end} zone={athens} viewer={athens} />
            ),
          },
          { key: 'price', title: t('gallery.price'), cell: (row) => <Money cents={row.cents} />, end: true },
        ]}
      />
      <Pager page={page} size={20} total={45} onChange={setPage} />
    </>
  );
}

function SampleTabs() {
  const { t } = useTranslation('ui');
  return (
    <Tabs defaultValue="court">
      <Tabs.List>
        <Tabs.Tab value="court">{t('gallery.court')}</Tabs.Tab>
        <Tabs.Tab value="time">{t('gallery.time')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="court" pt="sm">
        <Text>{rows[0]?.court}</Text>
      </Tabs.Panel>
      <Tabs.Panel value="time" pt="sm">
        <Text>{rows[0]?.start}</Text>
      </Tabs.Panel>
    </Tabs>
  );
}

function Nothing() {
  const { t } = useTranslation('ui');
  return (
    <EmptyState
      icon={<IconInbox size={48} stroke={1.3} />}
      title={t('slot.none')}
      hint={t('slot.noneHint')}
    />
  );
}

function Pictures() {
  const { t } = useTranslation('ui');
  return (
    <Group>
      {sports.map((sport) => (
        <div key={sport} className={classes.picture}>
          <CourtImage sport={sport} alt={t(`sport.${sport}`)} />
        </div>
      ))}
    </Group>
  );
}

function Waiting() {
  return (
    <Stack gap="sm">
      <Skeleton height={64} radius="lg" />
      <Skeleton height={64} radius="lg" />
    </Stack>
  );
}

function Sports() {
  const { t } = useTranslation('ui');
  return (
    <Group>
      {sports.map((sport) => (
        <Badge key={sport} variant="light" color="dark" leftSection={<SportIcon sport={sport} size={16} />}>
          {t(`sport.${sport}`)}
        </Badge>
      ))}
    </Group>
  );
}

/** The samples, each under the name that code calls it by. */
const samples: [name: string, sample: () => ReactNode][] = [
  ['Logo', () => <Logo />],
  ['Money', () => [<Money key="a" cents={2550} />, ' ', <Money key="b" cents={123_400} short />]],
  [
    'CourtTime',
    () => (
      <CourtTime
        date={today}
        startTime="23:30"
        endTime="01:00"
        zone={athens}
        viewer="Asia/Tokyo"
        style="full"
      />
    ),
  ],
  ['SlotGrid', () => <Slots />],
  ['DayStrip', () => <Days />],
  ['useFields', () => <Fields />],
  ['ConfirmDialog', () => <Dialog />],
  ['toast', () => <Toasts />],
  ['Tabs', () => <SampleTabs />],
  ['DataTable', () => <Table />],
  [
    'StatusBadge',
    () => [<StatusBadge key="a" status="CONFIRMED" />, ' ', <StatusBadge key="b" status="CANCELLED" />],
  ],
  ['SportIcon', () => <Sports />],
  ['CourtImage', () => <Pictures />],
  ['EmptyState', () => <Nothing />],
  ['ProblemView', () => <ProblemView compact error={problems.failure} onRetry={() => undefined} />],
  ['ProblemView offline', () => <ProblemView compact error={problems.offline} onRetry={() => undefined} />],
  ['ProblemView gone', () => <ProblemView compact error={problems.gone} />],
  ['ListSkeleton', () => <Waiting />],
  ['LiveMark', () => <LiveMark />],
  ['NotificationBell', () => <Bells />],
  ['NotificationList', () => <Messages />],
  ['PreferencesGrid', () => <Preferences />],
  ['LanguageSwitch, SchemeSwitch', () => [<LanguageSwitch key="a" />, ' ', <SchemeSwitch key="b" />]],
];

const mapName = 'LazyCourtMap';

function Column({ language, children }: { language: Language; children: ReactNode }) {
  const own = useMemo<i18n>(() => i18next.cloneInstance({ lng: language }), [language]);
  useEffect(() => {
    void own.changeLanguage(language);
  }, [own, language]);
  return (
    <I18nextProvider i18n={own}>
      <div lang={language}>{children}</div>
    </I18nextProvider>
  );
}

export function Gallery() {
  const { t } = useTranslation('ui');
  return (
    <div className={classes.page}>
      <title>{`${t('gallery.title')} · Courtside`}</title>
      <Title order={1} fz="h2">
        {t('gallery.title')}
      </Title>
      <Text c="dimmed" mb="lg">
        {t('gallery.lead')}
      </Text>
      {samples.map(([name, sample]) => (
        <section key={name} className={classes.sample} aria-label={name}>
          <Title order={2} fz="h5" ff="monospace" mb="sm">
            {name}
          </Title>
          <div className={classes.widths}>
            {(['el', 'en'] as const).flatMap((language) =>
              (['phone', 'desktop'] as const).map((width) => (
                <div key={`${language} ${width}`} className={classes[width]}>
                  <Column language={language}>{sample()}</Column>
                </div>
              )),
            )}
          </div>
        </section>
      ))}
      <section className={classes.sample} aria-label={mapName}>
        <Title order={2} fz="h5" ff="monospace" mb="sm">
          {mapName}
        </Title>
        <div className={classes.map}>
          <LazyCourtMap markers={[]} view={{ latitude: 37.98, longitude: 23.73, zoom: 11 }} />
        </div>
      </section>
    </div>
  );
}
