/** The sports' signs, drawn in the current colour. */
import type { CourtType } from '@courtside/api';
import { IconBallBasketball, IconBallFootball, IconBallTennis, type IconProps } from '@tabler/icons-react';

/** A padel racket: short handle, round head with holes. No icon set has one. */
function PadelIcon({ size = 24, stroke = 2, ...rest }: IconProps) {
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={stroke}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      {...rest}
    >
      <path d="M9.2 3.2c3.6-1.2 8 .2 9.4 3.6 1.3 3.3-.6 6.9-4 8.2-2 .7-3.6.4-5 1.400L5.5 20.5 3.5 18.5 7.6 14.400c1-1.4-.6-3-.700-5.1-.1-2.9.2-5.3 2.3-6.100z" />
      <path d="M11.3 7.300h.01M14.5 7.300h.01M12.9 10.300h.01M16 10.300h.01M10.2 10.300h.01" />
    </svg>
  );
}

export function SportIcon({ sport, ...rest }: { sport: CourtType } & IconProps) {
  switch (sport) {
    case 'TENNIS':
      return <IconBallTennis aria-hidden {...rest} />;
    case 'PADEL':
      return <PadelIcon {...rest} />;
    case 'BASKETBALL':
      return <IconBallBasketball aria-hidden {...rest} />;
    case 'FOOTBALL_5X5':
      return <IconBallFootball aria-hidden {...rest} />;
  }
}
