/** Money that needs a person: disputes, held payouts, differences from the provider, unusual payouts. */
import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Disputes } from './Disputes';
import { FlaggedPayouts } from './FlaggedPayouts';
import { PaymentReviews } from './PaymentReviews';
import { PayoutHolds } from './PayoutHolds';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

export const moneyTabs = ['disputes', 'holds', 'reviews', 'flagged'] as const;

const panels = {
  disputes: Disputes,
  holds: PayoutHolds,
  reviews: PaymentReviews,
  flagged: FlaggedPayouts,
} as const;

export function MoneyPage() {
  const { t } = useStaffTexts();
  const navigate = useNavigate();
  const { tab = 'disputes' } = useSearch({ from: '/portal/staff/money' });
  const Panel = panels[tab];
  return (
    <StaffScreen title={t('money.title')}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) =>
          void navigate({ to: '/staff/money', search: { tab: moneyTabs.find((known) => known === chosen) } })
        }
      >
        <Tabs.List mb="md">
          {moneyTabs.map((key) => (
            <Tabs.Tab key={key} value={key}>
              {t(`money.${key}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Panel />
        </Tabs.Panel>
      </Tabs>
    </StaffScreen>
  );
}
