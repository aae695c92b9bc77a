/**
 * The fields of a form: values, and messages at the field they belong to, whether found here (APP-45) or by the server
 * (APP-40, ADMIN-45). What was typed is never lost: with a `draft` name it also outlives a reload of the page.
 */
import { problemFromThrown, type Problem } from '@courtside/api';
import { useEffect, useRef, useState } from 'react';

/** Only texts, numbers and switches are typed; anything else a form holds beside its fields. */
type Values = Record<string, string | number | boolean | null | undefined>;

interface FieldsOptions<Fields extends Values> {
  initial: Fields;
  /** The field that a path of the server names, when both are called differently, e.g. `name.el`. */
  fieldOf?: (path: string) => keyof Fields | undefined;
  /** Keeps what is typed in this tab under this name until it is sent. */
  draft?: string;
}

function storedDraft<Fields extends Values>(name: string | undefined, initial: Fields): Fields {
  if (name === undefined) return initial;
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(`courtside.draft.${name}`) ?? '{}');
    const known = Object.entries(stored as object).filter(([key, value]) => {
      const like = initial[key];
      return key in initial && (like == null || typeof value === typeof like);
    });
    return { ...initial, ...Object.fromEntries(known) };
  } catch {
    return initial;
  }
}

export function useFields<Fields extends Values>({ initial, fieldOf, draft }: FieldsOptions<Fields>) {
  const [values, setValues] = useState(() => storedDraft(draft, initial));
  const [messages, setMessages] = useState<Partial<Record<keyof Fields, string>>>({});
  const [general, setGeneral] = useState<Problem>();
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  const focusWanted = useRef(false);

  useEffect(() => {
    if (draft !== undefined) sessionStorage.setItem(`courtside.draft.${draft}`, JSON.stringify(values));
  }, [draft, values]);

  useEffect(() => {
    if (!focusWanted.current) return;
    focusWanted.current = false;
    form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, messages]);

  const set = <Key extends keyof Fields>(field: Key, value: Fields[Key]) => {
    setValues((before) => ({ ...before, [field]: value }));
    setMessages((before) => (before[field] === undefined ? before : { ...before, [field]: undefined }));
  };

  /** Shows the messages at their fields and goes to the first one. True when there is none. */
  const check = (found: Partial<Record<keyof Fields, string | undefined>>): boolean => {
    const isFine = Object.values(found).every((message) => message === undefined);
    focusWanted.current = !isFine;
    setGeneral(undefined);
    setMessages(found);
    return isFine;
  };

  /** Takes what a call threw: messages of known fields go to them, the rest is for the top of the form. */
  const take = (thrown: unknown): void => {
    const problem = problemFromThrown(thrown);
    const found: Partial<Record<keyof Fields, string>> = {};
    let all = problem.fields.length > 0;
    for (const { field, message } of problem.fields) {
      const own = fieldOf?.(field) ?? (field in values ? field : undefined);
      if (own === undefined) all = false;
      else found[own] = message;
    }
    focusWanted.current = Object.keys(found).length > 0;
    setMessages(found);
    setGeneral(all ? undefined : problem);
  };

  const forget = () => {
    if (draft !== undefined) sessionStorage.removeItem(`courtside.draft.${draft}`);
    setGeneral(undefined);
    setMessages({});
  };

  /** For a text field: `<TextInput label={…} {...fields.text('name')} />`. */
  const text = (field: keyof Fields & string) => ({
    name: field,
    value: String(values[field] ?? ''),
    error: messages[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      set(field, event.currentTarget.value as Fields[typeof field]),
  });

  /** For a field that hands its value over directly, e.g. a select or a number. */
  const choice = <Key extends keyof Fields & string>(field: Key) => ({
    name: field,
    value: values[field],
    error: messages[field],
    onChange: (value: unknown) => set(field, value as Fields[Key]),
  });

  return {
    /** For the form itself: `<form {...fields.form} onSubmit={…}>`. */
    form: { ref: setForm, noValidate: true },
    values,
    messages,
    general,
    set,
    check,
    take,
    forget,
    text,
    choice,
    reset: (to: Fields = initial) => {
      forget();
      setValues(to);
    },
  };
}
