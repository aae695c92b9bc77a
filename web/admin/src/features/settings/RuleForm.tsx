/** One reminder rule as a form, with what it will do in words while it is being filled in. */
import type { Court, ReminderChannel, ReminderRule, ReminderTrigger } from '@courtside/api';
import { FormProblem, toastDone, useFields, useLanguage } from '@courtside/ui';
import {
  Alert,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  Radio,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { useSaveRule } from '../../data/reminders';
import { channels, counts, isWithin, range, triggers } from './ruleWords';
import { useRuleSentence } from './useRuleSentence';

interface RuleFormProps {
  rule: ReminderRule | undefined;
  courts: readonly Court[];
  onClose: () => void;
}

/** NOTE-55: what a first rule is like. */
const usual = { triggerType: 'UNPAID_BOOKING', daysBeforeEvent: 3, hoursBeforeThreshold: 10 } as const;

export function RuleForm({ rule, courts, onClose }: RuleFormProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const save = useSaveRule();
  const [now] = useState(() => new Date());
  const { says, exampleOf } = useRuleSentence(courts);
  const initial: {
    triggerType: string;
    daysBeforeEvent: number | string;
    hoursBeforeThreshold: number | string;
    scope: string;
    channels: string;
    active: boolean;
  } = {
    triggerType: rule?.triggerType ?? usual.triggerType,
    daysBeforeEvent: rule?.daysBeforeEvent ?? usual.daysBeforeEvent,
    hoursBeforeThreshold: rule?.hoursBeforeThreshold ?? usual.hoursBeforeThreshold,
    scope: rule === undefined || rule.courtIds === 'ALL' ? 'all' : 'some',
    // Stands for the boxes below, so that what is wrong with them is said there.
    channels: '',
    active: rule?.active ?? true,
  };
  const fields = useFields({
    initial,
    fieldOf: (path) => {
      if (path.startsWith('courtIds')) return 'scope';
      return path.startsWith('channels') ? 'channels' : undefined;
    },
  });
  const [chosenCourts, setChosenCourts] = useState<string[]>(
    rule === undefined || rule.courtIds === 'ALL' ? [] : rule.courtIds,
  );
  const [chosenWays, setChosenWays] = useState<ReminderChannel[]>(rule?.channels ?? ['PUSH', 'IN_APP']);

  const { values } = fields;
  const triggerType = values.triggerType as ReminderTrigger;
  const asked = counts(triggerType);
  // A number that does not count for this rule keeps what it was, if that can be sent.
  const daysBeforeEvent = isWithin(values.daysBeforeEvent, range.days)
    ? values.daysBeforeEvent
    : asked.days
      ? undefined
      : usual.daysBeforeEvent;
  const hoursBeforeThreshold = isWithin(values.hoursBeforeThreshold, range.hours)
    ? values.hoursBeforeThreshold
    : asked.hours
      ? undefined
      : usual.hoursBeforeThreshold;
  const courtIds = values.scope === 'all' ? ('ALL' as const) : chosenCourts;
  const ways = channels.filter((way) => chosenWays.includes(way));
  const isWhole =
    daysBeforeEvent !== undefined &&
    hoursBeforeThreshold !== undefined &&
    courtIds.length > 0 &&
    ways.length > 0;
  const terms = isWhole
    ? { triggerType, daysBeforeEvent, hoursBeforeThreshold, courtIds, channels: ways }
    : undefined;

  const send = async () => {
    const isFine = fields.check({
      daysBeforeEvent: daysBeforeEvent === undefined ? t('reminders.daysRange') : undefined,
      hoursBeforeThreshold: hoursBeforeThreshold === undefined ? t('reminders.hoursRange') : undefined,
      scope: courtIds.length === 0 ? t('reminders.courtNeeded') : undefined,
      channels: ways.length === 0 ? t('reminders.channelNeeded') : undefined,
    });
    if (!isFine || terms === undefined) return;
    try {
      await save.mutateAsync({ ruleId: rule?.ruleId, body: { ...terms, active: values.active } });
      toastDone(t('reminders.saved'));
      onClose();
    } catch (thrown) {
      fields.take(thrown);
    }
  };

  return (
    <form
      {...fields.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack>
        <NativeSelect
          label={t('reminders.trigger')}
          data-autofocus
          data={triggers.map((value) => ({ value, label: t(`reminders.triggers.${value}`) }))}
          {...fields.text('triggerType')}
        />
        <Group grow align="flex-start" preventGrowOverflow={false}>
          {asked.days && (
            <NumberInput
              label={t(daysLabel(triggerType))}
              description={fields.messages.daysBeforeEvent === undefined && t('reminders.daysRange')}
              min={range.days.least}
              max={range.days.most}
              clampBehavior="none"
              allowDecimal={false}
              allowNegative={false}
              {...fields.choice('daysBeforeEvent')}
            />
          )}
          {asked.hours && (
            <NumberInput
              label={t(asked.days ? 'reminders.hoursBefore' : 'reminders.hoursWaited')}
              description={fields.messages.hoursBeforeThreshold === undefined && t('reminders.hoursRange')}
              min={range.hours.least}
              max={range.hours.most}
              clampBehavior="none"
              allowDecimal={false}
              allowNegative={false}
              {...fields.choice('hoursBeforeThreshold')}
            />
          )}
        </Group>
        <Radio.Group
          label={t('reminders.courts')}
          value={values.scope}
          error={fields.messages.scope}
          onChange={(scope) => fields.set('scope', scope)}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="all" label={t('reminders.allCourts')} />
            <Radio value="some" label={t('reminders.someCourts')} disabled={courts.length === 0} />
          </Stack>
        </Radio.Group>
        {values.scope === 'some' && (
          <Checkbox.Group
            value={chosenCourts}
            aria-label={t('reminders.someCourts')}
            onChange={(ids) => {
              setChosenCourts(ids);
              fields.set('scope', 'some');
            }}
          >
            <Stack gap="xs" pl="lg">
              {courts.map((court) => (
                <Checkbox key={court.id} value={court.id} label={inLanguage(court.name, language)?.text} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Checkbox.Group
          label={t('reminders.channels')}
          value={chosenWays}
          error={fields.messages.channels}
          onChange={(chosen) => {
            setChosenWays(channels.filter((way) => chosen.includes(way)));
            fields.set('channels', '');
          }}
        >
          <Group mt="xs">
            {channels.map((way) => (
              <Checkbox key={way} value={way} label={t(`reminders.channel.${way}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <Switch
          label={t('reminders.on')}
          checked={values.active}
          onChange={(event) => fields.set('active', event.currentTarget.checked)}
        />
        {terms !== undefined && (
          <Alert color="blue" title={t('reminders.preview')}>
            <Text size="sm" role="status">
              {[says(terms), exampleOf(terms, now)].filter(Boolean).join(' ')}
            </Text>
          </Alert>
        )}
        <FormProblem problem={fields.general} />
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {t('reminders.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function daysLabel(trigger: ReminderTrigger): string {
  if (trigger === 'NO_CONTACT_MANUAL') return 'reminders.daysWithout';
  return trigger === 'LOW_OCCUPANCY' ? 'reminders.daysEmpty' : 'reminders.daysBefore';
}
