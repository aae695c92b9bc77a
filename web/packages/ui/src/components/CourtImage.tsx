/** A court's picture, or a drawn court in the sport's colour when there is none or it fails (APP-20). */
import type { CourtType } from '@courtside/api';
import { useState } from 'react';
import { sportColors } from '../theme';
import classes from './CourtImage.module.css';
import { SportIcon } from './SportIcon';

interface CourtImageProps {
  source?: string | undefined;
  sport: CourtType;
  /** What the picture shows; empty when the text beside it says the same. */
  alt: string;
  className?: string | undefined;
}

export function CourtImage({ source, sport, alt, className = '' }: CourtImageProps) {
  const [failedSource, setFailedSource] = useState<string>();
  if (source === undefined || failedSource === source) {
    return (
      <div
        className={`${classes.frame} ${classes.drawn} ${className}`}
        style={{ backgroundColor: sportColors[sport] }}
        role={alt === '' ? undefined : 'img'}
        aria-label={alt === '' ? undefined : alt}
        aria-hidden={alt === '' || undefined}
      >
        <SportIcon sport={sport} size={44} stroke={1.4} />
      </div>
    );
  }
  return (
    <img
      className={`${classes.frame} ${className}`}
      src={source}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => setFailedSource(source)}
    />
  );
}
