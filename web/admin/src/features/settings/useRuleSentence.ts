/** A reminder rule as one or two sentences in the reader's language. */
import type { Court, ReminderRuleRequest } from '@courtside/api';
import { formatInstant, localeOf, todayIn, useLanguage } from '@courtside/ui';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { counts, example } from './ruleWords';

const zone = 'Europe/Athens';

export function useRuleSentence(courts: readonly Court[]) {
  const { t } = useTranslation();
  const language = useLanguage();
  const list = new Intl.ListFormat(localeOf(language), { type: 'conjunction' });
  const nameOf = (courtId: string) => {
    const court = courts.find(({ id }) => id === courtId);
    return (court && inLanguage(court.name, language)?.text) ?? t('reminders.goneCourt');
  };
  const whereOf = (courtIds: ReminderRuleRequest['courtIds']) =>
    courtIds === 'ALL'
      ? t('reminders.everywhere')
      : t('reminders.onCourts', { names: list.format(courtIds.map(nameOf)) });

  const says = (rule: Omit<ReminderRuleRequest, 'active'>): string =>
    [
      t(`reminders.says.${rule.triggerType}`, {
        days: t('reminders.days', { count: rule.daysBeforeEvent }),
        hours: t('reminders.hours', { count: rule.hoursBeforeThreshold }),
        where: whereOf(rule.courtIds),
      }),
      t('reminders.by', { ways: list.format(rule.channels.map((way) => t(`reminders.channel.${way}`))) }),
    ].join(' ');

  /** When it speaks, for rules that look at a booking's start. */
  const exampleOf = (rule: Omit<ReminderRuleRequest, 'active'>, now: Date): string | undefined => {
    const { days, hours } = counts(rule.triggerType);
    if (!days || !hours) return undefined;
    const found = example(rule.daysBeforeEvent, rule.hoursBeforeThreshold, todayIn(zone, now), zone);
    const instant = (at: Date) => formatInstant(at.toISOString(), zone, language);
    return t('reminders.example', { start: instant(found.start), opens: instant(found.opens) });
  };
  return { says, exampleOf };
}
