/** Whether a list shows what is open or everything. */
import { SegmentedControl } from '@mantine/core';
import { useStaffTexts } from './texts';

export function OpenOrAll({ all, onChange }: { all: boolean; onChange: (all: boolean) => void }) {
  const { t } = useStaffTexts();
  return (
    <SegmentedControl
      aria-label={t('money.show')}
      mb="md"
      value={all ? 'all' : 'open'}
      onChange={(value) => onChange(value === 'all')}
      data={[
        { value: 'open', label: t('money.open') },
        { value: 'all', label: t('money.all') },
      ]}
    />
  );
}
