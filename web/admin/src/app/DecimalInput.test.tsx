import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DecimalInput } from './DecimalInput';

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
});
afterEach(cleanup);

describe('a number with decimals', () => {
  // ADMIN-45: what is typed is never lost, whatever its last digit.
  it.each([
    ['20.50', 20.5],
    ['31.05', 31.05],
    ['12.00', 12],
    ['7', 7],
  ])('%s is %s at every moment after it was typed', async (text, number) => {
    const heard = vi.fn();
    function Field() {
      const [value, setValue] = useState<number>();
      return (
        <DecimalInput
          aria-label="Price"
          decimalScale={2}
          value={value}
          onChange={(next) => {
            setValue(next);
            heard(next);
          }}
        />
      );
    }
    render(
      <MantineProvider>
        <Field />
      </MantineProvider>,
    );
    const field = screen.getByLabelText('Price');
    await userEvent.type(field, text);
    expect(field).toHaveProperty('value', text);
    expect(heard).toHaveBeenLastCalledWith(number);
    await userEvent.clear(field);
    expect(heard).toHaveBeenLastCalledWith(undefined);
  });
});
