/** One parked message: what it is, why it failed, what it says, and what can be done about it (EVT-05). */
import { formatInstant, ListSkeleton, ProblemView, useLanguage, viewerZone } from '@courtside/ui';
import { Badge, Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { discardLetter, useDeadLetter, type DeadLetter, type LetterService } from './data';
import { DecisionDialog, NotesField, type Decision } from './DecisionDialog';
import { Facts } from './Facts';
import { Json } from './Json';
import { useStaffTexts } from './texts';

function useDiscarding(service: LetterService): Decision<DeadLetter, { reason: string }> {
  const { t } = useStaffTexts();
  return {
    title: () => t('deadLetters.discardTitle'),
    lead: t('deadLetters.discardLead'),
    confirm: t('deadLetters.discard'),
    dangerous: true,
    done: t('deadLetters.discarded'),
    blank: { reason: '' },
    isComplete: ({ reason }) => reason.trim() !== '',
    fields: ({ reason }, change) => (
      <NotesField
        label={t('deadLetters.reason')}
        needed={t('deadLetters.reasonNeeded')}
        maxLength={500}
        value={reason}
        onChange={(value) => change({ reason: value })}
      />
    ),
    send: (api, letter, { reason }) => discardLetter(api, service, letter.id, reason.trim()),
  };
}

interface ContentProps {
  service: LetterService;
  letterId: string;
  onReplay: (letter: DeadLetter) => void;
  isSending: boolean;
}

function Content({ service, letterId, onReplay, isSending }: ContentProps) {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const letter = useDeadLetter(service, letterId);
  const discarding = useDiscarding(service);
  const [discards, setDiscards] = useState(false);
  if (letter.isPending) return <ListSkeleton rows={4} height={48} />;
  if (letter.data === undefined) {
    return <ProblemView compact error={letter.error} onRetry={() => void letter.refetch()} />;
  }
  const found = letter.data;
  const instant = (value: string) => formatInstant(value, viewerZone(), language);
  return (
    <Stack pb="lg">
      <Group justify="space-between">
        <Text fw={700}>{found.eventType ?? t('deadLetters.unknownType')}</Text>
        <Badge variant="light" color={found.state === 'PARKED' ? 'yellow' : 'gray'}>
          {t(`deadLetters.is.${found.state}`)}
        </Badge>
      </Group>
      {found.state === 'PARKED' && (
        <Group>
          <Button loading={isSending} onClick={() => onReplay(found)}>
            {t('deadLetters.replay')}
          </Button>
          <Button variant="light" color="red" onClick={() => setDiscards(true)}>
            {t('deadLetters.discard')}
          </Button>
        </Group>
      )}
      <Facts
        of={[
          [t('deadLetters.error'), found.error],
          [t('deadLetters.attempts'), found.attempts],
          [t('deadLetters.parked'), instant(found.parkedAt)],
          [t('deadLetters.replays'), found.replays],
          ...(found.changedAt == null
            ? []
            : [[t('deadLetters.changed'), instant(found.changedAt)] as [string, string]]),
          [t('deadLetters.group'), found.consumerGroup],
          [t('deadLetters.topic'), found.topic],
          [t('deadLetters.key'), found.key],
          [t('deadLetters.eventId'), found.eventId],
        ]}
      />
      <div>
        <Title order={3} fz="h5">
          {t('deadLetters.details')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('deadLetters.detailsHint')}
        </Text>
        <Json label={t('deadLetters.details')} value={found.payload} />
      </div>
      {discards && <DecisionDialog row={found} decision={discarding} onClose={() => setDiscards(false)} />}
    </Stack>
  );
}

interface DeadLetterDrawerProps {
  service: LetterService;
  letterId: string | undefined;
  onReplay: (letter: DeadLetter) => void;
  isSending: boolean;
  onClose: () => void;
}

export function DeadLetterDrawer({ letterId, onClose, ...content }: DeadLetterDrawerProps) {
  const { t } = useStaffTexts();
  const { t: shared } = useTranslation('ui');
  const isPhone = useMediaQuery('(max-width: 48em)');
  return (
    <Drawer
      opened={letterId !== undefined}
      onClose={onClose}
      position={isPhone === true ? 'bottom' : 'right'}
      size={isPhone === true ? '92%' : 560}
      title={t('deadLetters.event')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {letterId !== undefined && <Content key={letterId} letterId={letterId} {...content} />}
    </Drawer>
  );
}
