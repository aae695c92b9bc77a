/** How the system is doing, at a glance. Where the answer is kept inside the cluster, that is said. */
import { formatInstant, useLanguage, viewerZone } from '@courtside/ui';
import { Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type HealthReport, readHealth } from './healthReport';
import { useStaffTexts } from './texts';

async function askHealth(signal: AbortSignal): Promise<HealthReport> {
  const answer = await fetch('/health/ready', { cache: 'no-store', signal });
  return readHealth(await answer.json().catch(() => undefined));
}

const colors = { UP: 'pine', DEGRADED: 'yellow', DOWN: 'red', HIDDEN: 'gray' } as const;
const words = { UP: 'up', DEGRADED: 'degraded', DOWN: 'down', HIDDEN: 'hidden' } as const;

export function Health() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => askHealth(signal),
    refetchInterval: 30_000,
  });
  return (
    <Card withBorder>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} fz="h4">
            {t('health.title')}
          </Title>
          <Button
            size="xs"
            variant="default"
            loading={health.isFetching}
            onClick={() => void health.refetch()}
          >
            {t('health.again')}
          </Button>
        </Group>
        {health.isPending && <Skeleton height={24} />}
        {health.isError && health.data === undefined && <Text>{t('health.down')}</Text>}
        {health.data !== undefined && (
          <>
            <Text fw={650} role="status">
              {t(`health.${words[health.data.status]}`)}
            </Text>
            <Group gap="xs">
              {Object.entries(health.data.components).map(([name, component]) => (
                <Badge key={name} color={colors[component.status]} variant="light" size="lg">
                  {name}: {t(`health.${component.status}`)}
                </Badge>
              ))}
            </Group>
            <Text size="sm" c="dimmed">
              {t('health.read', {
                time: formatInstant(new Date(health.dataUpdatedAt).toISOString(), viewerZone(), language),
              })}
            </Text>
          </>
        )}
      </Stack>
    </Card>
  );
}
