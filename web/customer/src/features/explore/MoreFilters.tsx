/** The filters that not everybody needs: price, rating, distance, and free times only. */
import { formatDistance, formatMoney, localeOf, useLanguage } from '@courtside/ui';
import { Button, Collapse, Select, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ExploreSearch } from '../../app/router';
import classes from './Filters.module.css';

const prices = [15, 20, 25, 30, 40, 60];
const ratings = [3, 4, 4.5];
const distances = [2, 5, 10, 25, 50];

interface MoreFiltersProps {
  search: ExploreSearch;
  onChange: (change: Partial<ExploreSearch>) => void;
}

export function MoreFilters({ search, onChange }: MoreFiltersProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const used = [search.price, search.rating, search.km, search.free].filter((value) => value !== undefined);
  const [opened, panel] = useDisclosure(used.length > 0);
  const number = (value: string | null) => (value === null || value === 'ANY' ? undefined : Number(value));
  return (
    <div>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconAdjustmentsHorizontal size={16} />}
        aria-expanded={opened}
        onClick={panel.toggle}
      >
        {used.length === 0 ? t('explore.more') : t('explore.moreUsed', { count: used.length })}
      </Button>
      <Collapse expanded={opened}>
        <div className={classes.fields} style={{ marginTop: '0.75rem' }}>
          <Select
            label={t('explore.price')}
            value={search.price === undefined ? 'ANY' : String(search.price)}
            data={[
              { value: 'ANY', label: t('explore.anyPrice') },
              ...prices.map((price) => ({
                value: String(price),
                label: t('explore.upTo', { price: formatMoney(price * 100, language, true) }),
              })),
            ]}
            allowDeselect={false}
            onChange={(price) => onChange({ price: number(price) })}
          />
          <Select
            label={t('explore.rating')}
            value={search.rating === undefined ? 'ANY' : String(search.rating)}
            data={[
              { value: 'ANY', label: t('explore.anyRating') },
              ...ratings.map((rating) => ({
                value: String(rating),
                label: t('explore.atLeast', { stars: rating.toLocaleString(localeOf(language)) }),
              })),
            ]}
            allowDeselect={false}
            onChange={(rating) => onChange({ rating: number(rating) })}
          />
          <Select
            label={t('explore.distance')}
            value={search.km === undefined ? 'ANY' : String(search.km)}
            data={[
              { value: 'ANY', label: t('explore.anyDistance') },
              ...distances.map((km) => ({ value: String(km), label: formatDistance(km, language) })),
            ]}
            allowDeselect={false}
            onChange={(km) => onChange({ km: number(km) })}
          />
          <Switch
            mt={30}
            label={t('explore.free')}
            checked={search.free === true}
            onChange={(event) => onChange({ free: event.currentTarget.checked ? true : undefined })}
          />
        </div>
      </Collapse>
    </div>
  );
}
