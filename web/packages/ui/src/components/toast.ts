/** Short messages over the page, the same in both apps: what worked, what did not, and how to try again. */
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { problemText } from './ProblemView';

export function toastDone(title: string, message = ''): void {
  notifications.show({ color: 'pine', title, message, autoClose: 6000 });
}

/** What went wrong, in the server's words when it gave some. It stays long enough to be read to the end. */
export function toastProblem(thrown: unknown, title?: string): void {
  notifications.show({
    color: 'red',
    title,
    message: problemText(thrown, i18next.getFixedT(null, 'ui')),
    autoClose: 10_000,
  });
}
