/** The line of code that puts free times on the owner's own site, and the public page behind it (APP-66). */
import type { Court } from '@courtside/api';
import { Anchor, Button, Code, CopyButton, Group, SegmentedControl, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from './Section';

export function EmbedSection({ court }: { court: Court }) {
  const { t } = useTranslation();
  const [what, setWhat] = useState<'club' | 'court'>('club');
  const id = what === 'club' ? court.ownerId : court.id;
  const line = `<script src="${location.origin}/widget.js" data-${what}="${id}" async></script>`;
  const page = what === 'club' ? `/clubs/${court.ownerId}` : `/courts/${court.id}`;
  return (
    <Section title={t('embed.title')} lead={t('embed.lead')}>
      <SegmentedControl
        aria-label={t('embed.what')}
        value={what}
        onChange={(value) => setWhat(value)}
        data={[
          { value: 'club', label: t('embed.club') },
          { value: 'court', label: t('embed.court') },
        ]}
      />
      <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {line}
      </Code>
      <Group gap="md">
        <CopyButton value={line}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? t('embed.copied') : t('embed.copy')}
            </Button>
          )}
        </CopyButton>
        {court.visible ? (
          <Anchor href={page} target="_blank" rel="noreferrer" underline="always">
            {t('embed.page')}
          </Anchor>
        ) : (
          <Text c="dimmed" size="sm">
            {t('embed.hidden')}
          </Text>
        )}
      </Group>
    </Section>
  );
}
