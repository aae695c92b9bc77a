/**
 * ADMIN-47: somebody else saved first. Both versions stand side by side, field by field; nothing is written until the
 * owner has chosen, and nothing that was typed is lost.
 */
import { useFocusBack } from '@courtside/ui';
import { Badge, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { differences, firstChoices, merged, type Side } from './edits';
import classes from './ConflictDialog.module.css';

interface ConflictDialogProps<Thing extends object> {
  base: Thing;
  mine: Thing;
  theirs: Thing;
  labelOf: (field: keyof Thing & string) => string;
  /** A value as people read it. */
  show: (field: keyof Thing & string, value: unknown) => string;
  working: boolean;
  /** Saves the chosen state over the stored one. */
  onSave: (chosen: Thing) => void;
  /** Goes back to the form with everything as it was typed. */
  onClose: () => void;
}

export function ConflictDialog<Thing extends object>(props: ConflictDialogProps<Thing>) {
  const { base, mine, theirs, labelOf, show, working, onSave, onClose } = props;
  useFocusBack();
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const found = differences(base, mine, theirs);
  const [choices, setChoices] = useState(() => firstChoices(base, mine, theirs));
  const all = (side: Side) =>
    setChoices(Object.fromEntries(found.map(({ field }) => [field, side])) as typeof choices);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('conflict.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <Stack>
        <Text c="dimmed">{t('conflict.lead')}</Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => all('mine')}>
            {t('conflict.allMine')}
          </Button>
          <Button size="xs" variant="default" onClick={() => all('theirs')}>
            {t('conflict.allTheirs')}
          </Button>
        </Group>
        <ul className={classes.fields}>
          {found.map(({ field, contested }) => (
            <li key={field}>
              <Radio.Group
                label={
                  <Group component="span" gap="xs">
                    {labelOf(field)}
                    {contested && (
                      <Badge component="span" size="sm" color="yellow" variant="light">
                        {t('conflict.contested')}
                      </Badge>
                    )}
                  </Group>
                }
                value={choices[field] ?? 'theirs'}
                onChange={(side) => setChoices((before) => ({ ...before, [field]: side }))}
              >
                <div className={classes.sides}>
                  {(['mine', 'theirs'] as const).map((side) => (
                    <Radio
                      key={side}
                      value={side}
                      label={t(`conflict.${side}`)}
                      description={show(field, side === 'mine' ? mine[field] : theirs[field])}
                      classNames={{ description: classes.value ?? '' }}
                    />
                  ))}
                </div>
              </Radio.Group>
            </li>
          ))}
        </ul>
        {found.length === 0 && <Text>{t('conflict.same')}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('conflict.back')}
          </Button>
          <Button loading={working} onClick={() => onSave(merged(mine, theirs, choices))}>
            {t('conflict.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
