import { describe, expect, it } from 'vitest';
import { emptyForm, missingFields, requestOf, withSport } from './courtForm';

describe('the form of a new court', () => {
  // COURT-09, COURT-10: the sport's defaults, unless the owner chose otherwise.
  it('takes the defaults of another sport but keeps what was changed', () => {
    expect(withSport(emptyForm(), 'BASKETBALL')).toMatchObject({ durationMinutes: 60, maxCapacity: 10 });
    const changed = { ...emptyForm(), durationMinutes: 120 };
    expect(withSport(changed, 'BASKETBALL')).toMatchObject({ durationMinutes: 120, maxCapacity: 10 });
  });

  it('asks for name, address, position and price', () => {
    expect([...missingFields(emptyForm())]).toEqual(['name.el', 'address', 'position', 'basePriceCents']);
  });

  it('sends whole cents, and no empty text', () => {
    const form = {
      ...emptyForm(),
      nameEl: ' Γήπεδο ',
      address: 'Οδός 1',
      priceEuros: 25.55,
      latitude: 38,
      longitude: 24,
    };
    expect(missingFields(form).size).toBe(0);
    expect(requestOf(form)).toMatchObject({
      name: { el: 'Γήπεδο', en: undefined },
      description: { el: undefined, en: undefined },
      basePriceCents: 2555,
      confirmationTimeoutHours: undefined,
    });
    expect(requestOf({ ...form, confirmationMode: 'MANUAL' }).confirmationTimeoutHours).toBe(24);
  });
});
