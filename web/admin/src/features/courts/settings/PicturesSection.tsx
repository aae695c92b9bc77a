/** ADMIN-13, ADMIN-14, COURT-14, COURT-15: a court's pictures, the first one being its face. */
import { problemFromThrown, type Court } from '@courtside/api';
import { problemText } from '@courtside/ui';
import { ActionIcon, Alert, Badge, FileButton, Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowLeft, IconArrowRight, IconPhotoPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useArrangeImages, useUploadImages } from '../../../data/courtSettings';
import classes from './PicturesSection.module.css';
import { Section } from './Section';

const kinds = ['image/jpeg', 'image/png', 'image/webp'];
const largestBytes = 5 * 1024 * 1024;
const mostPictures = 10;

export function PicturesSection({ court }: { court: Court }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const upload = useUploadImages(court.id);
  const arrange = useArrangeImages(court.id);
  const [refused, setRefused] = useState<string[]>([]);
  const urls = court.imageUrls;
  const working = upload.isPending || arrange.isPending;

  const add = (files: File[]) => {
    const wrong = files.filter((file) => !kinds.includes(file.type) || file.size > largestBytes);
    setRefused(wrong.map(({ name }) => name));
    const right = files.filter((file) => !wrong.includes(file)).slice(0, mostPictures - urls.length);
    if (right.length > 0) {
      upload.mutate(right, {
        onSuccess: () => notifications.show({ color: 'pine', message: t('pictures.added') }),
      });
    }
  };
  const order = (imageUrls: string[]) => arrange.mutate({ version: court.version, imageUrls });
  const swap = (index: number, other: number) => {
    const next = [...urls];
    [next[index], next[other]] = [next[other] ?? '', next[index] ?? ''];
    order(next);
  };

  const failed = upload.error ?? arrange.error;
  const isConflict = failed != null && problemFromThrown(failed).code === 'CONCURRENT_MODIFICATION';
  return (
    <Section title={t('pictures.title')} lead={t('pictures.lead')}>
      <Group>
        <FileButton
          multiple
          accept={kinds.join(',')}
          onChange={add}
          disabled={working || urls.length >= mostPictures}
        >
          {(props) => (
            <Button
              {...props}
              variant="light"
              leftSection={<IconPhotoPlus size={17} aria-hidden />}
              loading={upload.isPending}
              disabled={urls.length >= mostPictures}
            >
              {t('pictures.add')}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c="dimmed">
          {t('pictures.count', { count: urls.length, most: mostPictures })}
        </Text>
      </Group>
      {refused.length > 0 && (
        <Alert color="orange" role="alert">
          {t('pictures.refused', { names: refused.join(', ') })}
        </Alert>
      )}
      {failed != null && (
        <Alert color="red" role="alert">
          {isConflict ? t('pictures.conflict') : problemText(failed, shared)}
        </Alert>
      )}
      {urls.length === 0 && <Text c="dimmed">{t('pictures.none')}</Text>}
      <ol className={classes.pictures} aria-label={t('pictures.title')}>
        {urls.map((url, index) => (
          <li key={url}>
            <img src={url} alt={t('pictures.one', { number: index + 1 })} loading="lazy" />
            {index === 0 && (
              <Badge className={classes.face} size="sm" color="pine" variant="filled">
                {t('pictures.face')}
              </Badge>
            )}
            <Group gap={2} justify="center" wrap="nowrap">
              <ActionIcon
                variant="subtle"
                color="gray"
                size={38}
                disabled={working || index === 0}
                aria-label={t('pictures.earlier', { number: index + 1 })}
                onClick={() => swap(index, index - 1)}
              >
                <IconArrowLeft size={18} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={38}
                disabled={working || index === urls.length - 1}
                aria-label={t('pictures.later', { number: index + 1 })}
                onClick={() => swap(index, index + 1)}
              >
                <IconArrowRight size={18} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="red"
                size={38}
                disabled={working}
                aria-label={t('pictures.remove', { number: index + 1 })}
                onClick={() => order(urls.filter((other) => other !== url))}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </Group>
          </li>
        ))}
      </ol>
    </Section>
  );
}
