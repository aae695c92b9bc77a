/** The question behind the button of a row: its fields, and what is sent once it is answered. Nothing is sent before. */
import type { ApiClient } from '@courtside/api';
import { ConfirmDialog, toastDone, useApi } from '@courtside/ui';
import { Radio, Stack, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useDecision } from './data';

export interface Decision<Row, Answer extends object> {
  title: (row: Row) => string;
  lead?: string;
  /** What the button says that sends the answer. */
  confirm: string;
  dangerous?: boolean;
  /** The answer before anything was chosen or typed. */
  blank: Answer;
  isComplete: (answer: Answer) => boolean;
  fields: (answer: Answer, change: (part: Partial<Answer>) => void, row: Row) => ReactNode;
  send: (api: ApiClient, row: Row, answer: Answer) => Promise<unknown>;
  done: string;
}

interface DecisionDialogProps<Row, Answer extends object> {
  row: Row;
  decision: Decision<Row, Answer>;
  onClose: () => void;
}

export function DecisionDialog<Row, Answer extends object>(props: DecisionDialogProps<Row, Answer>) {
  const { row, decision, onClose } = props;
  const api = useApi();
  const [answer, setAnswer] = useState(decision.blank);
  const decide = useDecision((given: Answer) => decision.send(api, row, given));
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={decision.title(row)}
      lead={decision.lead}
      confirm={decision.confirm}
      dangerous={decision.dangerous}
      blocked={!decision.isComplete(answer)}
      onConfirm={async () => {
        await decide.mutateAsync(answer);
        toastDone(decision.done);
      }}
    >
      {decision.fields(answer, (part) => setAnswer((before) => ({ ...before, ...part })), row)}
    </ConfirmDialog>
  );
}

interface ChoiceFieldProps<Value extends string> {
  label: string;
  values: readonly Value[];
  wordFor: (value: Value) => string;
  value: Value | undefined;
  onChange: (value: Value) => void;
}

/** One of several answers; none is chosen for anybody. */
export function ChoiceField<Value extends string>(props: ChoiceFieldProps<Value>) {
  const { label, values, wordFor, value, onChange } = props;
  return (
    <Radio.Group label={label} value={value ?? null} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {values.map((one) => (
          <Radio key={one} value={one} label={wordFor(one)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface NotesFieldProps {
  label: string;
  /** Why it is needed; where there is none it may stay empty. */
  needed?: string;
  maxLength: number;
  value: string;
  onChange: (value: string) => void;
}

export function NotesField({ label, needed, maxLength, value, onChange }: NotesFieldProps) {
  return (
    <Textarea
      label={label}
      description={needed}
      required={needed !== undefined}
      data-autofocus={needed !== undefined || undefined}
      autosize
      minRows={2}
      maxLength={maxLength}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
