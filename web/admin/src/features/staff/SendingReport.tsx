/** What becomes of messages that were sent again, one by one, until all have been handled or have failed again. */
import { Badge, Button, Card, Group, Progress, Text, Title } from '@mantine/core';
import { useFates, type LetterService, type Sending } from './data';
import classes from './StaffPage.module.css';
import { useStaffTexts } from './texts';

/** A sending with those that could not be sent, and what each message is called. */
export interface Report extends Sending {
  skipped: string[];
  names: ReadonlyMap<string, string>;
}

const colors = {
  skipped: 'gray',
  REPLAYING: 'yellow',
  HANDLED: 'pine',
  PARKED: 'red',
  DISCARDED: 'gray',
} as const;

interface SendingReportProps {
  service: LetterService;
  report: Report;
  onClose: () => void;
}

export function SendingReport({ service, report, onClose }: SendingReportProps) {
  const { t } = useStaffTexts();
  const fates = useFates(service, report);
  const all = [...report.replayed, ...report.skipped];
  const fateOf = (id: string) => (report.skipped.includes(id) ? 'skipped' : (fates.get(id) ?? 'REPLAYING'));
  const done = all.filter((id) => fateOf(id) !== 'REPLAYING').length;
  const progress = t('deadLetters.progress', { done, all: all.length });
  const wordFor = (fate: ReturnType<typeof fateOf>) => {
    if (fate === 'skipped') return t('deadLetters.skipped');
    return fate === 'PARKED' ? t('deadLetters.failedAgain') : t(`deadLetters.is.${fate}`);
  };
  return (
    <Card withBorder component="section" mb="md" aria-label={t('deadLetters.report')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} fz="h4">
          {t('deadLetters.report')}
        </Title>
        <Button size="xs" variant="default" onClick={onClose}>
          {t('deadLetters.reportEnd')}
        </Button>
      </Group>
      <Progress value={all.length === 0 ? 0 : (done / all.length) * 100} aria-label={progress} />
      <Text size="sm" c="dimmed" mt={4} mb="xs" role="status">
        {progress}
      </Text>
      <ul className={classes.fates}>
        {all.map((id) => {
          const fate = fateOf(id);
          return (
            <li key={id}>
              <span>
                {report.names.get(id)}{' '}
                <Text component="span" size="sm" c="dimmed">
                  {id.slice(-8).toUpperCase()}
                </Text>
              </span>
              <Badge color={colors[fate]} variant="light">
                {wordFor(fate)}
              </Badge>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
