/**
 * A number with decimals. While somebody types `20.50` the field says a text, because `20.5` is the same number and would
 * take the zero away: the text is kept here and its number handed on.
 */
import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';
import { numberOf } from './numberOf';

interface DecimalInputProps extends Omit<NumberInputProps, 'value' | 'onChange' | 'defaultValue'> {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

export function DecimalInput({ value, onChange, ...field }: DecimalInputProps) {
  const [typed, setTyped] = useState<string | number>(value ?? '');
  return (
    <NumberInput
      {...field}
      // What came from elsewhere meanwhile replaces what was typed.
      value={numberOf(typed) === value ? typed : (value ?? '')}
      onChange={(next) => {
        setTyped(next);
        onChange(numberOf(next));
      }}
    />
  );
}
