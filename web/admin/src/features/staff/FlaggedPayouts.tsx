/** Payouts that are larger than usual. Looked at here, decided at the provider. */
import { formatInstant, Money, useLanguage, viewerZone } from '@courtside/ui';
import { Badge, Group } from '@mantine/core';
import { useState } from 'react';
import { pageSize, useFlaggedPayouts } from './data';
import { Listing } from './Listing';
import { useStaffTexts } from './texts';

export function FlaggedPayouts() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const [page, setPage] = useState(0);
  const payouts = useFlaggedPayouts(page);
  return (
    <Listing
      label={t('money.flagged')}
      query={payouts}
      rowsOf={(found) => found.payouts}
      rowKey={(row) => row.id}
      none={t('money.none')}
      noneHint={t('money.noneHint')}
      page={page}
      size={pageSize}
      totalOf={(found) => found.totalElements}
      onPage={setPage}
      columns={[
        {
          key: 'amount',
          title: t('money.amount'),
          heading: true,
          cell: (row) => <Money cents={row.amountCents} />,
        },
        {
          key: 'flags',
          title: t('money.reason'),
          cell: (row) => (
            <Group gap={6}>
              {row.flags.map((flag) => (
                <Badge key={flag} color="orange" variant="light">
                  {t(`money.flags.${flag}`, { defaultValue: flag })}
                </Badge>
              ))}
            </Group>
          ),
        },
        {
          key: 'since',
          title: t('money.opened'),
          cell: (row) => formatInstant(row.createdAt, viewerZone(), language),
        },
        { key: 'state', title: t('money.state'), cell: (row) => row.status },
        { key: 'owner', title: t('money.owner'), cell: (row) => row.courtOwnerId },
      ]}
    />
  );
}
