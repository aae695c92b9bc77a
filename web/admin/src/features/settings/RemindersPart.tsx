/** ADMIN-37, NOTE-42 to NOTE-55: the owner's reminder rules, each in words, switched, changed and deleted. */
import type { Court, ReminderRule } from '@courtside/api';
import { ConfirmDialog, EmptyState, ListSkeleton, ProblemView, toastDone, toastProblem } from '@courtside/ui';
import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { IconClock, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../app/Panel';
import { useMyCourts } from '../../data/courts';
import { mostActiveRules, termsOf, useDeleteRule, useReminderRules, useSaveRule } from '../../data/reminders';
import { RuleForm } from './RuleForm';
import classes from './RemindersPart.module.css';
import { useRuleSentence } from './useRuleSentence';

export function RemindersPart() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const rules = useReminderRules();
  const courts = useMyCourts();
  const [edited, setEdited] = useState<ReminderRule | 'new'>();
  const [removed, setRemoved] = useState<ReminderRule>();
  const remove = useDeleteRule();
  const failed = [rules, courts].find(({ isError, data }) => isError && data === undefined);
  const close = () => setEdited(undefined);
  return (
    <Panel title={t('reminders.title')} lead={t('reminders.lead')}>
      {failed !== undefined && (
        <ProblemView compact error={failed.error} onRetry={() => void failed.refetch()} />
      )}
      {failed === undefined && (rules.data === undefined || courts.data === undefined) && (
        <ListSkeleton rows={2} height={96} />
      )}
      {rules.data !== undefined && courts.data !== undefined && (
        <>
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {t('reminders.active', {
                count: rules.data.filter(({ active }) => active).length,
                most: mostActiveRules,
              })}
            </Text>
            <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setEdited('new')}>
              {t('reminders.new')}
            </Button>
          </Group>
          {rules.data.length === 0 && (
            <EmptyState
              icon={<IconClock size={44} stroke={1.4} />}
              title={t('reminders.none')}
              hint={t('reminders.noneHint')}
            />
          )}
          <ul className={classes.rules} aria-label={t('reminders.title')}>
            {rules.data.map((rule) => (
              <Rule
                key={rule.ruleId}
                rule={rule}
                courts={courts.data}
                onEdit={() => setEdited(rule)}
                onRemove={() => setRemoved(rule)}
              />
            ))}
          </ul>
          <Modal
            opened={edited !== undefined}
            onClose={close}
            size="lg"
            title={t(edited === 'new' ? 'reminders.newTitle' : 'reminders.editTitle')}
            closeButtonProps={{ 'aria-label': shared('close') }}
          >
            {edited !== undefined && (
              <RuleForm rule={edited === 'new' ? undefined : edited} courts={courts.data} onClose={close} />
            )}
          </Modal>
        </>
      )}
      <ConfirmDialog
        opened={removed !== undefined}
        onClose={() => setRemoved(undefined)}
        title={t('reminders.removeTitle')}
        lead={removed && t(`reminders.triggers.${removed.triggerType}`)}
        confirm={t('reminders.remove')}
        dangerous
        onConfirm={async () => {
          if (removed === undefined) return;
          await remove.mutateAsync(removed.ruleId);
          toastDone(t('reminders.removed'));
        }}
      />
    </Panel>
  );
}

interface RuleProps {
  rule: ReminderRule;
  courts: readonly Court[];
  onEdit: () => void;
  onRemove: () => void;
}

function Rule({ rule, courts, onEdit, onRemove }: RuleProps) {
  const { t } = useTranslation();
  const { says } = useRuleSentence(courts);
  const save = useSaveRule();
  const name = t(`reminders.triggers.${rule.triggerType}`);
  const wordsId = `rule-${rule.ruleId}`;
  const shown = save.isPending ? save.variables.body.active : rule.active;
  return (
    <li data-off={shown ? undefined : true}>
      <div>
        <Text fw={650}>{name}</Text>
        <Text size="sm" id={wordsId}>
          {says(rule)}
        </Text>
      </div>
      <Stack gap="xs" align="flex-end">
        <Switch
          label={t('reminders.on')}
          labelPosition="left"
          aria-label={`${t('reminders.on')}: ${name}`}
          aria-describedby={wordsId}
          checked={shown}
          disabled={save.isPending}
          onChange={(event) =>
            save.mutate(
              { ruleId: rule.ruleId, body: { ...termsOf(rule), active: event.currentTarget.checked } },
              { onError: (thrown) => toastProblem(thrown) },
            )
          }
        />
        <Group gap="xs">
          <Button
            size="xs"
            variant="light"
            aria-label={t('reminders.editOne', { name })}
            aria-describedby={wordsId}
            onClick={onEdit}
          >
            {t('reminders.edit')}
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-label={t('reminders.removeOne', { name })}
            aria-describedby={wordsId}
            onClick={onRemove}
          >
            {t('reminders.remove')}
          </Button>
        </Group>
      </Stack>
    </li>
  );
}
