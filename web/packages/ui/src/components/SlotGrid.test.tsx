import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeLanguage, startI18n } from '../i18n';
import { LanguageSwitch } from './LanguageSwitch';
import { SlotGrid, type GridSlot } from './SlotGrid';

const slots: GridSlot[] = [
  { startTime: '10:00', endTime: '11:00', status: 'AVAILABLE', priceCents: 2400 },
  { startTime: '11:00', endTime: '12:00', status: 'BOOKED', priceCents: 2400 },
  { startTime: '12:00', endTime: '13:00', status: 'HELD', priceCents: 2400 },
  { startTime: '13:00', endTime: '14:00', status: 'AVAILABLE', priceCents: 2400, past: true },
];

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => undefined;
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  await startI18n({ el: {}, en: {} });
});
beforeEach(() => changeLanguage('en'));
afterEach(cleanup);

describe('the slot grid', () => {
  it('offers free times by their words and nothing else', async () => {
    const chosen: string[] = [];
    render(
      <MantineProvider>
        <SlotGrid slots={slots} label="Friday 1 May" onSelect={(slot) => chosen.push(slot.startTime)} />
      </MantineProvider>,
    );
    expect(screen.getByRole('list', { name: 'Times on Friday 1 May' })).toBeTruthy();
    const isDisabled = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name }).disabled;
    expect(isDisabled('11:00–12:00, Booked')).toBe(true);
    expect(isDisabled('12:00–13:00, Being booked')).toBe(true);
    expect(isDisabled('13:00–14:00, Too late')).toBe(true);
    await userEvent.click(screen.getByRole('button', { name: '10:00–11:00, Available, €24' }));
    expect(chosen).toEqual(['10:00']);
  });

  // APP-58: changing the language switches all texts at once.
  it('speaks the other language at once', async () => {
    render(
      <MantineProvider>
        <LanguageSwitch />
        <SlotGrid slots={slots} label="" />
      </MantineProvider>,
    );
    await userEvent.click(screen.getByRole('radio', { name: 'ΕΛ' }));
    expect(await screen.findByRole('button', { name: /^10:00–11:00, Ελεύθερο, 24/ })).toBeTruthy();
    expect(document.documentElement.lang).toBe('el');
    expect(i18next.language).toBe('el');
  });
});
