/** ADMIN-33: refund tiers from the earliest cancellation to the latest, with the sentences that customers will read. */
import { ActionIcon, Button, Group, NumberInput, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './TierEditor.module.css';
import { spansOf, tierProblem, usualTiers, withAnotherTier, type DraftTier } from './tiers';

interface TierEditorProps {
  tiers: DraftTier[];
  onChange: (tiers: DraftTier[]) => void;
}

export function TierEditor({ tiers, onChange }: TierEditorProps) {
  const { t } = useTranslation();
  const problem = tierProblem(tiers);
  const change = (index: number, part: Partial<DraftTier>) =>
    onChange(tiers.map((tier, at) => (at === index ? { ...tier, ...part } : tier)));
  const number = (value: string | number) => (typeof value === 'number' ? value : undefined);
  return (
    <div className={classes.editor}>
      <div>
        <ol className={classes.tiers} aria-label={t('settings.cancellation')}>
          {tiers.map((tier, index) => (
            <li key={index}>
              <NumberInput
                label={index === 0 ? t('tiers.hours') : undefined}
                aria-label={t('tiers.hoursOf', { number: index + 1 })}
                min={0}
                max={8760}
                allowDecimal={false}
                clampBehavior="none"
                suffix={` ${t('tiers.hourUnit')}`}
                value={tier.thresholdHours ?? ''}
                disabled={index === tiers.length - 1 && tier.thresholdHours === 0}
                onChange={(value) => change(index, { thresholdHours: number(value) })}
              />
              <NumberInput
                label={index === 0 ? t('tiers.percent') : undefined}
                aria-label={t('tiers.percentOf', { number: index + 1 })}
                min={0}
                max={100}
                step={5}
                allowDecimal={false}
                clampBehavior="none"
                suffix=" %"
                value={tier.refundPercentage ?? ''}
                onChange={(value) => change(index, { refundPercentage: number(value) })}
              />
              {index < tiers.length - 1 ? (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={36}
                  aria-label={t('tiers.remove', { number: index + 1 })}
                  onClick={() => onChange(tiers.filter((_tier, at) => at !== index))}
                >
                  <IconTrash size={17} />
                </ActionIcon>
              ) : (
                <span />
              )}
            </li>
          ))}
        </ol>
        <Group gap="xs" mt="xs">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={tiers.length >= 10}
            onClick={() => onChange(withAnotherTier(tiers))}
          >
            {t('tiers.add')}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => onChange(usualTiers)}>
            {t('tiers.usual')}
          </Button>
        </Group>
        {problem !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs">
            {t(`tiers.problem.${problem}`)}
          </Text>
        )}
      </div>
      <div className={classes.preview}>
        <Text size="sm" fw={650} mb={4}>
          {t('tiers.preview')}
        </Text>
        <ul>
          {problem === undefined &&
            spansOf(
              tiers.map(({ thresholdHours = 0, refundPercentage = 0 }) => ({
                thresholdHours,
                refundPercentage,
              })),
            ).map(({ from, before, percent }) => (
              <li key={from}>
                <span className={classes.bar} aria-hidden>
                  <span style={{ width: `${percent}%` }} />
                </span>
                {before === undefined
                  ? t('tiers.early', { from, percent })
                  : from === 0
                    ? t('tiers.late', { before, percent })
                    : t('tiers.between', { from, before, percent })}
              </li>
            ))}
        </ul>
      </div>
    </div>
  );
}
