/** The sign of each kind of booking, so that colour never says it alone. */
import {
  IconCheck,
  IconCreditCard,
  IconFlag,
  IconHourglass,
  IconPencil,
  IconX,
  type IconProps,
} from '@tabler/icons-react';
import type { BookingKind } from './kinds';

const icons = {
  confirmed: IconCheck,
  pending: IconHourglass,
  manual: IconPencil,
  unpaid: IconCreditCard,
  completed: IconFlag,
  cancelled: IconX,
} as const;

export function KindIcon({ kind, ...rest }: { kind: BookingKind } & IconProps) {
  const Icon = icons[kind];
  return <Icon size={14} stroke={2.4} aria-hidden {...rest} />;
}
