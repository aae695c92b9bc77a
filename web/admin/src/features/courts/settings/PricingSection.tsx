/** ADMIN-32: the base price, weekly multipliers and special dates, with the prices that would come out of them. */
import { answer, problemFromThrown, type Court, type PricingRule, type SpecialDate } from '@courtside/api';
import { formatDate, formatMoney, ListSkeleton, ProblemView, useApi, useLanguage } from '@courtside/ui';
import { ActionIcon, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { notifications } from '@mantine/notifications';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DecimalInput } from '../../../app/DecimalInput';
import { ConflictDialog } from '../../../app/ConflictDialog';
import { changedFields } from '../../../app/edits';
import { usePricing, useReplacePricing } from '../../../data/courtSettings';
import { useWindows } from '../../../data/openings';
import { weekdays, weekOf } from '../hours';
import { dayPrices, ruleProblem, weekdayOf } from './priceTable';
import classes from './PricingSection.module.css';
import { SaveLine, Section } from './Section';

interface Prices {
  basePriceCents: number;
  rules: PricingRule[];
  specialDates: SpecialDate[];
}

const halfHours = [
  ...Array.from({ length: 48 }, (_unused, index) => {
    const pad = (value: number) => String(value).padStart(2, '0');
    return `${pad(Math.floor(index / 2))}:${pad((index % 2) * 30)}`;
  }),
  '23:59',
];

export function PricingSection({ court }: { court: Court }) {
  const pricing = usePricing(court.id);
  if (pricing.isPending) return <ListSkeleton rows={4} />;
  if (pricing.data === undefined) {
    return <ProblemView error={pricing.error} onRetry={() => void pricing.refetch()} />;
  }
  const { basePriceCents, rules, specialDates, version } = pricing.data;
  return (
    <Pricing
      court={court}
      stored={{ basePriceCents, rules: rules.map(tidy), specialDates }}
      version={version}
    />
  );
}

function tidy(rule: PricingRule): PricingRule {
  return { ...rule, startTime: rule.startTime.slice(0, 5), endTime: rule.endTime.slice(0, 5) };
}

function Pricing({ court, stored, version }: { court: Court; stored: Prices; version: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const api = useApi();
  const change = useReplacePricing(court.id);
  const [base, setBase] = useState({ prices: stored, version });
  const [prices, setPrices] = useState(stored);
  const [theirs, setTheirs] = useState<{ prices: Prices; version: number }>();
  const changed = changedFields(base.prices, prices).length > 0;
  // Somebody else's change arrives while nothing is being typed: then it is simply shown.
  if (!changed && version > base.version) {
    setBase({ prices: stored, version });
    setPrices(stored);
  }
  const problem = change.isError ? problemFromThrown(change.error) : undefined;
  const isConflict = problem?.code === 'CONCURRENT_MODIFICATION';
  const wrongRules = prices.rules.map((_rule, index) => ruleProblem(prices.rules, index));
  const isWrong = prices.basePriceCents <= 0 || wrongRules.some((wrong) => wrong !== undefined);

  const save = async (chosen: Prices, atVersion: number) => {
    try {
      const saved = await change.mutateAsync({ ...chosen, version: atVersion });
      const fresh = {
        prices: {
          basePriceCents: saved.basePriceCents,
          rules: saved.rules.map(tidy),
          specialDates: saved.specialDates,
        },
        version: saved.version,
      };
      setBase(fresh);
      setPrices(fresh.prices);
      setTheirs(undefined);
      notifications.show({ color: 'pine', message: t('settings.saved') });
    } catch (thrown) {
      if (problemFromThrown(thrown).code !== 'CONCURRENT_MODIFICATION') return;
      const fresh = await answer(
        api.GET('/api/courts/{courtId}/pricing', { params: { path: { courtId: court.id } } }),
      ).catch(() => undefined);
      if (fresh === undefined) return;
      const { basePriceCents, rules, specialDates } = fresh;
      setTheirs({ prices: { basePriceCents, rules: rules.map(tidy), specialDates }, version: fresh.version });
    }
  };

  const setRule = (index: number, part: Partial<PricingRule>) =>
    setPrices((before) => ({
      ...before,
      rules: before.rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)),
    }));
  const setSpecial = (index: number, part: Partial<SpecialDate>) =>
    setPrices((before) => ({
      ...before,
      specialDates: before.specialDates.map((special, at) =>
        at === index ? { ...special, ...part } : special,
      ),
    }));

  const show = (field: keyof Prices, value: unknown) => {
    if (field === 'basePriceCents') return formatMoney(value as number, language);
    const lines =
      field === 'rules'
        ? (value as PricingRule[]).map(
            (rule) =>
              `${t(`weekday.${rule.dayOfWeek}`)} ${rule.startTime}–${rule.endTime} × ${rule.multiplier}`,
          )
        : (value as SpecialDate[]).map(
            (special) => `${formatDate(special.date, language, 'short')} × ${special.multiplier}`,
          );
    return lines.length === 0 ? t('conflict.nothing') : lines.join('\n');
  };

  return (
    <Stack gap="md">
      <Section title={t('pricing.title')} lead={t('pricing.lead')}>
        <DecimalInput
          clampBehavior="none"
          label={t('form.price')}
          required
          maw={240}
          min={0}
          decimalScale={2}
          fixedDecimalScale
          decimalSeparator={language === 'el' ? ',' : '.'}
          allowedDecimalSeparators={['.', ',']}
          suffix=" €"
          value={prices.basePriceCents === 0 ? undefined : prices.basePriceCents / 100}
          error={prices.basePriceCents <= 0 ? t('form.needed.basePriceCents') : undefined}
          onChange={(value) =>
            setPrices((before) => ({
              ...before,
              basePriceCents: Math.round((value ?? 0) * 100),
            }))
          }
        />
        <Text fw={650} mt="xs" id="pricing-rules">
          {t('pricing.rules')}
        </Text>
        {prices.rules.length === 0 && <Text c="dimmed">{t('pricing.noRules')}</Text>}
        <ul className={classes.rows} aria-labelledby="pricing-rules">
          {prices.rules.map((rule, index) => {
            const wrong = wrongRules[index];
            const number = index + 1;
            return (
              <li key={index} className={classes.rule}>
                <NativeSelect
                  aria-label={t('pricing.dayOf', { number })}
                  data={weekdays.map((day) => ({ value: day, label: t(`weekday.${day}`) }))}
                  value={rule.dayOfWeek}
                  onChange={(event) =>
                    setRule(index, { dayOfWeek: event.currentTarget.value as PricingRule['dayOfWeek'] })
                  }
                />
                {(['startTime', 'endTime'] as const).map((end) => (
                  <NativeSelect
                    key={end}
                    aria-label={t(`pricing.${end}Of`, { number })}
                    data={[...new Set([...halfHours, rule[end]])].sort()}
                    value={rule[end]}
                    error={wrong === 'order' || wrong === 'overlap'}
                    onChange={(event) => setRule(index, { [end]: event.currentTarget.value })}
                  />
                ))}
                <Multiplier
                  label={t('pricing.multiplierOf', { number })}
                  value={rule.multiplier}
                  wrong={wrong === 'multiplier'}
                  onChange={(multiplier) => setRule(index, { multiplier })}
                />
                <TextInput
                  aria-label={t('pricing.labelOf', { number })}
                  placeholder={t('pricing.labelHint')}
                  maxLength={50}
                  value={rule.label ?? ''}
                  onChange={(event) => setRule(index, { label: event.currentTarget.value || null })}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={t('pricing.removeRule', { number })}
                  onClick={() =>
                    setPrices((before) => ({
                      ...before,
                      rules: before.rules.filter((_rule, at) => at !== index),
                    }))
                  }
                >
                  <IconTrash size={17} />
                </ActionIcon>
                {wrong !== undefined && (
                  <Text size="sm" c="var(--mantine-color-error)" role="alert" className={classes.problem}>
                    {t(`pricing.problem.${wrong}`)}
                  </Text>
                )}
              </li>
            );
          })}
        </ul>
        <Group>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() =>
              setPrices((before) => ({ ...before, rules: [...before.rules, nextRule(before.rules)] }))
            }
          >
            {t('pricing.addRule')}
          </Button>
        </Group>
        <Text fw={650} mt="xs" id="special-dates">
          {t('pricing.special')}
        </Text>
        {prices.specialDates.length === 0 && <Text c="dimmed">{t('pricing.noSpecial')}</Text>}
        <ul className={classes.rows} aria-labelledby="special-dates">
          {prices.specialDates.map((special, index) => (
            <li key={index} className={classes.special}>
              <DatePickerInput
                aria-label={t('pricing.specialDateOf', { number: index + 1 })}
                locale={language}
                hideOutsideDates
                weekendDays={[]}
                valueFormat="D MMM YYYY"
                value={special.date}
                onChange={(date) => date !== null && setSpecial(index, { date })}
              />
              <Multiplier
                label={t('pricing.specialMultiplierOf', { number: index + 1 })}
                value={special.multiplier}
                wrong={special.multiplier < 0.1 || special.multiplier > 5}
                onChange={(multiplier) => setSpecial(index, { multiplier })}
              />
              <TextInput
                aria-label={t('pricing.specialLabelOf', { number: index + 1 })}
                placeholder={t('pricing.specialLabelHint')}
                maxLength={100}
                value={special.label ?? ''}
                onChange={(event) => setSpecial(index, { label: event.currentTarget.value || null })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={t('pricing.removeSpecial', { number: index + 1 })}
                onClick={() =>
                  setPrices((before) => ({
                    ...before,
                    specialDates: before.specialDates.filter((_special, at) => at !== index),
                  }))
                }
              >
                <IconTrash size={17} />
              </ActionIcon>
            </li>
          ))}
        </ul>
        <SpecialDateAdder
          taken={prices.specialDates.map(({ date }) => date)}
          onAdd={(date) =>
            setPrices((before) => ({
              ...before,
              specialDates: [...before.specialDates, { date, multiplier: 1.2 }].sort((one, other) =>
                one.date.localeCompare(other.date),
              ),
            }))
          }
        />
        <SaveLine
          changed={changed && !isWrong}
          working={change.isPending}
          error={change.error}
          asked={isConflict}
          onReset={() => {
            setPrices(base.prices);
            change.reset();
          }}
          onSave={() => void save(prices, base.version)}
        />
      </Section>
      <Preview court={court} prices={prices} />
      {isConflict && theirs !== undefined && (
        <ConflictDialog
          base={base.prices}
          mine={prices}
          theirs={theirs.prices}
          labelOf={(field) => t(`pricing.field.${field}`)}
          show={show}
          working={change.isPending}
          onClose={() => change.reset()}
          onSave={(chosen) => void save(chosen, theirs.version)}
        />
      )}
    </Stack>
  );
}

function nextRule(rules: readonly PricingRule[]): PricingRule {
  const last = rules.at(-1);
  const next = last === undefined ? 'MONDAY' : weekdays[(weekdays.indexOf(last.dayOfWeek) + 1) % 7];
  return {
    dayOfWeek: next ?? 'MONDAY',
    startTime: last?.startTime ?? '18:00',
    endTime: last?.endTime ?? '22:00',
    multiplier: last?.multiplier ?? 1.2,
    label: last?.label ?? null,
  };
}

interface MultiplierProps {
  label: string;
  value: number;
  wrong: boolean;
  onChange: (value: number) => void;
}

function Multiplier({ label, value, wrong, onChange }: MultiplierProps) {
  const language = useLanguage();
  return (
    <DecimalInput
      aria-label={label}
      clampBehavior="none"
      min={0.1}
      max={5}
      step={0.1}
      decimalScale={2}
      decimalSeparator={language === 'el' ? ',' : '.'}
      allowedDecimalSeparators={['.', ',']}
      prefix="× "
      value={value === 0 ? undefined : value}
      error={wrong}
      onChange={(typed) => onChange(typed ?? 0)}
    />
  );
}

function SpecialDateAdder({ taken, onAdd }: { taken: string[]; onAdd: (date: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <DatePickerInput
      maw={260}
      label={t('pricing.addSpecial')}
      placeholder={t('pricing.chooseDate')}
      locale={language}
      hideOutsideDates
      weekendDays={[]}
      value={null}
      excludeDate={(date) => taken.includes(date)}
      onChange={(date) => date !== null && onAdd(date)}
    />
  );
}

/** PRICE-13: each weekday's slots with what they would cost. */
function Preview({ court, prices }: { court: Court; prices: Prices }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const windows = useWindows(court.id);
  if (windows.data === undefined) return null;
  const week = weekOf(windows.data);
  const special = prices.specialDates;
  const rows = [
    ...weekdays.map((day) => ({
      key: day,
      title: t(`weekday.${day}`),
      slots: dayPrices(day, week[day], court.durationMinutes, prices.basePriceCents, prices.rules),
    })),
    ...special.map(({ date, multiplier, label }) => {
      const day = weekdayOf(date);
      return {
        key: date,
        title: [formatDate(date, language, 'short'), label].filter(Boolean).join(' · '),
        slots: dayPrices(
          day,
          week[day],
          court.durationMinutes,
          prices.basePriceCents,
          prices.rules,
          multiplier,
        ),
      };
    }),
  ];
  return (
    <Section title={t('pricing.preview')} lead={t('pricing.previewLead')}>
      <dl className={classes.preview}>
        {rows.map(({ key, title, slots }) => (
          <div key={key}>
            <dt>{title}</dt>
            <dd>
              {slots.length === 0 && <span className={classes.closed}>{t('hours.closed')}</span>}
              {slots.map((slot) => (
                <span
                  key={slot.startTime}
                  className={classes.slot}
                  data-level={
                    slot.cents > prices.basePriceCents
                      ? 'dear'
                      : slot.cents < prices.basePriceCents
                        ? 'cheap'
                        : undefined
                  }
                  title={slot.label}
                >
                  <small>{slot.startTime}</small> {formatMoney(slot.cents, language, true)}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
