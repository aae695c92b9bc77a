/** The parts of a court's settings, in their order; addresses name them. */
export const courtParts = ['details', 'hours', 'closures', 'prices', 'bookings', 'pictures', 'more'] as const;

export type CourtPart = (typeof courtParts)[number];

export function partOf(value: unknown): CourtPart | undefined {
  return courtParts.find((part) => part === value);
}
