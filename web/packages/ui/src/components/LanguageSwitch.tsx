/** Greek and English side by side; the change applies at once to every text (APP-58, ADMIN-59). */
import type { Language } from '@courtside/api';
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { changeLanguage, useLanguage } from '../i18n';

interface LanguageSwitchProps {
  /** Called after the texts have changed, to save the choice in the profile. */
  onChange?: (language: Language) => void;
  size?: 'xs' | 'sm' | 'md';
  full?: boolean;
}

export function LanguageSwitch({ onChange, size = 'xs', full = false }: LanguageSwitchProps) {
  const { t } = useTranslation('ui');
  const language = useLanguage();
  const choose = (chosen: string) => {
    void changeLanguage(chosen as Language).then(() => onChange?.(chosen as Language));
  };
  return (
    <SegmentedControl
      aria-label={t('language.label')}
      size={size}
      fullWidth={full}
      value={language}
      onChange={choose}
      data={[
        { value: 'el', label: full ? t('language.el') : 'ΕΛ' },
        { value: 'en', label: full ? t('language.en') : 'EN' },
      ]}
    />
  );
}
