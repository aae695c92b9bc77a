/** A court's pictures in a row; one opens large, with the others a key away. */
import type { CourtType } from '@courtside/api';
import { CourtImage } from '@courtside/ui';
import { ActionIcon, Modal } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import pageClasses from './CourtPage.module.css';
import classes from './Gallery.module.css';

export function Gallery({
  court,
  name,
}: {
  court: { courtType: CourtType; imageUrls: string[] };
  name: string;
}) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const [opened, setOpened] = useState<number>();
  const images = court.imageUrls;
  const shownCount = Math.max(1, images.length);
  const label = (position: number) => t('court.image', { name, number: position + 1 });
  const step = (by: number) =>
    setOpened((position) => (position === undefined ? undefined : (position + by + shownCount) % shownCount));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  };
  return (
    <div
      className={pageClasses.gallery}
      data-count={Math.min(shownCount, 3)}
      tabIndex={shownCount > 1 ? 0 : undefined}
      role="group"
      aria-label={t('court.images')}
    >
      {images.length === 0 ? (
        <div className={pageClasses.shot}>
          <CourtImage sport={court.courtType} alt={label(0)} />
        </div>
      ) : (
        images.map((image, position) => (
          <button
            key={image}
            type="button"
            className={`${pageClasses.shot} ${classes.open}`}
            aria-label={t('court.openImage', { number: position + 1, count: images.length })}
            onClick={() => setOpened(position)}
          >
            <CourtImage source={image} sport={court.courtType} alt={label(position)} />
          </button>
        ))
      )}
      <Modal
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        title={opened === undefined ? '' : label(opened)}
        size="xl"
        closeButtonProps={{ 'aria-label': shared('close') }}
        onKeyDown={onKeyDown}
      >
        {opened !== undefined && (
          <div className={classes.large}>
            <img src={images[opened]} alt={label(opened)} />
            {images.length > 1 && (
              <>
                <ActionIcon
                  className={classes.before}
                  variant="default"
                  radius="xl"
                  size="lg"
                  aria-label={t('court.imageBefore')}
                  onClick={() => step(-1)}
                >
                  <IconChevronLeft size={20} />
                </ActionIcon>
                <ActionIcon
                  className={classes.after}
                  variant="default"
                  radius="xl"
                  size="lg"
                  aria-label={t('court.imageAfter')}
                  onClick={() => step(1)}
                >
                  <IconChevronRight size={20} />
                </ActionIcon>
              </>
            )}
          </div>
        )}
      </Modal>
    </div>
  );
}
