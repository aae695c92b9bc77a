import { Problem } from '@courtside/api';
import { MantineProvider, TextInput } from '@mantine/core';
import { act, cleanup, render, renderHook, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useFields } from './useFields';

const refused = new Problem({
  kind: 'fields',
  status: 400,
  code: 'VALIDATION_ERROR',
  message: 'Please check the fields.',
  fields: [
    { field: 'name.el', message: 'is too long' },
    { field: 'phone', message: 'is no phone number' },
  ],
});

const initial = { name: '', phone: '' };

describe('the fields of a form', () => {
  beforeEach(() => {
    sessionStorage.clear();
    vi.stubGlobal('matchMedia', () => ({
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }));
  });
  afterEach(cleanup);

  // APP-40, ADMIN-45: a server's message stands at its field and what was typed stays.
  it('show what the server says at the field it means', () => {
    const { result } = renderHook(() =>
      useFields({ initial, fieldOf: (path) => (path === 'name.el' ? 'name' : undefined) }),
    );
    act(() => result.current.set('phone', '12'));
    act(() => result.current.take(refused));
    expect(result.current.text('name').error).toBe('is too long');
    expect(result.current.text('phone')).toMatchObject({ value: '12', error: 'is no phone number' });
    expect(result.current.general).toBeUndefined();
    // A message goes once its field is changed, the other one stays.
    act(() => result.current.set('phone', '2100000000'));
    expect(result.current.messages).toMatchObject({ name: 'is too long', phone: undefined });
  });

  it('leave what belongs to no field to the top of the form', () => {
    const { result } = renderHook(() => useFields({ initial }));
    act(() => result.current.take(refused));
    expect(result.current.messages).toEqual({ phone: 'is no phone number' });
    expect(result.current.general).toBe(refused);
  });

  it('outlive a reload under a draft name until they are sent', () => {
    const first = renderHook(() => useFields({ initial, draft: 'court' }));
    act(() => first.result.current.set('name', 'Γήπεδο 1'));
    first.unmount();
    const second = renderHook(() => useFields({ initial, draft: 'court' }));
    expect(second.result.current.values).toEqual({ name: 'Γήπεδο 1', phone: '' });
    act(() => second.result.current.reset());
    second.unmount();
    expect(renderHook(() => useFields({ initial, draft: 'court' })).result.current.values).toEqual(initial);
  });

  it('take nothing from a draft that does not fit', () => {
    sessionStorage.setItem('courtside.draft.court', JSON.stringify({ name: 7, other: 'x', phone: '1' }));
    const { result } = renderHook(() => useFields({ initial, draft: 'court' }));
    expect(result.current.values).toEqual({ name: '', phone: '1' });
  });

  it('send the keyboard to the first wrong field', async () => {
    function Form() {
      const fields = useFields({ initial });
      return (
        <form
          {...fields.form}
          onSubmit={(event) => {
            event.preventDefault();
            fields.check({ phone: fields.values.phone === '' ? 'needed' : undefined });
          }}
        >
          <TextInput label="Name" {...fields.text('name')} />
          <TextInput label="Phone" {...fields.text('phone')} />
          <button type="submit">Send</button>
        </form>
      );
    }
    render(
      <MantineProvider>
        <Form />
      </MantineProvider>,
    );
    await userEvent.click(screen.getByText('Send'));
    expect(document.activeElement).toBe(screen.getByLabelText('Phone'));
  });
});
