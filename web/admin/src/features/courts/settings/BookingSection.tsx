/** How bookings of a court come about and end: who confirms, the waitlist, and what comes back after a cancellation. */
import type { Court } from '@courtside/api';
import { ListSkeleton, ProblemView } from '@courtside/ui';
import { Alert, NumberInput, Radio, Stack, Switch, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useCancellationPolicy,
  useReplaceCancellationPolicy,
  useSetConfirmationMode,
  useSetWaitlist,
} from '../../../data/courtSettings';
import { SaveLine, Section } from './Section';
import { TierEditor } from './TierEditor';
import { tierProblem, type DraftTier } from './tiers';

export function BookingSection({ court }: { court: Court }) {
  return (
    <Stack gap="md">
      <Confirmation key={`mode ${court.confirmationMode} ${court.confirmationTimeoutHours}`} court={court} />
      <Waitlist court={court} />
      <Cancellation court={court} />
    </Stack>
  );
}

/** COURT-35 to COURT-37. */
function Confirmation({ court }: { court: Court }) {
  const { t } = useTranslation();
  const change = useSetConfirmationMode(court.id);
  const [mode, setMode] = useState(court.confirmationMode);
  const [hours, setHours] = useState<number | undefined>(court.confirmationTimeoutHours);
  const changed =
    mode !== court.confirmationMode || (mode === 'MANUAL' && hours !== court.confirmationTimeoutHours);
  const isWrong = mode === 'MANUAL' && (hours === undefined || hours < 1 || hours > 144);
  return (
    <Section title={t('form.mode')} lead={t('settings.modeLead')}>
      <Radio.Group
        label={<VisuallyHidden>{t('form.mode')}</VisuallyHidden>}
        value={mode}
        onChange={(value) => setMode(value)}
      >
        <Stack gap="xs">
          {(['INSTANT', 'MANUAL'] as const).map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(`form.modes.${value}`)}
              description={t(`form.modeHints.${value}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {mode === 'MANUAL' && (
        <NumberInput
          clampBehavior="none"
          label={t('form.timeout')}
          description={t('form.timeoutHint')}
          min={1}
          max={144}
          allowDecimal={false}
          maw={320}
          value={hours ?? ''}
          error={isWrong ? t('form.timeoutHint') : undefined}
          onChange={(value) => setHours(typeof value === 'number' ? value : undefined)}
        />
      )}
      <SaveLine
        changed={changed && !isWrong}
        working={change.isPending}
        error={change.error}
        onSave={() =>
          change.mutate(
            { mode, confirmationTimeoutHours: mode === 'MANUAL' ? (hours ?? null) : null },
            { onSuccess: () => notifications.show({ color: 'pine', message: t('settings.saved') }) },
          )
        }
      />
    </Section>
  );
}

function Waitlist({ court }: { court: Court }) {
  const { t } = useTranslation();
  const change = useSetWaitlist(court.id);
  return (
    <Section title={t('settings.waitlist')}>
      <Switch
        label={t('settings.waitlistOn')}
        description={t('settings.waitlistHint')}
        checked={change.isPending ? change.variables : court.waitlistEnabled}
        disabled={change.isPending}
        error={change.isError ? t('settings.notSaved') : undefined}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </Section>
  );
}

function Cancellation({ court }: { court: Court }) {
  const { t } = useTranslation();
  const policy = useCancellationPolicy(court.id);
  return (
    <Section title={t('settings.cancellation')} lead={t('settings.cancellationLead')}>
      {policy.isPending && <ListSkeleton rows={3} height={40} />}
      {policy.isError && policy.data === undefined && (
        <ProblemView compact error={policy.error} onRetry={() => void policy.refetch()} />
      )}
      {policy.data !== undefined && (
        <Tiers key={JSON.stringify(policy.data.tiers)} courtId={court.id} stored={policy.data.tiers} />
      )}
    </Section>
  );
}

function Tiers({ courtId, stored }: { courtId: string; stored: DraftTier[] }) {
  const { t } = useTranslation();
  const [tiers, setTiers] = useState<DraftTier[]>(stored);
  const change = useReplaceCancellationPolicy(courtId);
  const problem = tierProblem(tiers);
  return (
    <>
      <TierEditor tiers={tiers} onChange={setTiers} />
      <Alert color="blue" variant="light" icon={<IconInfoCircle aria-hidden />}>
        {t('settings.feeStays')}
      </Alert>
      <SaveLine
        changed={JSON.stringify(tiers) !== JSON.stringify(stored) && problem === undefined}
        working={change.isPending}
        error={change.error}
        onReset={() => setTiers(stored)}
        onSave={() =>
          change.mutate(
            tiers.map(({ thresholdHours = 0, refundPercentage = 0 }) => ({
              thresholdHours,
              refundPercentage,
            })),
            { onSuccess: () => notifications.show({ color: 'pine', message: t('settings.saved') }) },
          )
        }
      />
    </>
  );
}
