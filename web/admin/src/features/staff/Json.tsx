/** What a machine has written, laid out for people. Long ones scroll, also by keyboard. */
import classes from './StaffPage.module.css';

export function Json({ label, value }: { label: string; value: unknown }) {
  return (
    // A region that scrolls has to be reachable without a pointer.
    <pre className={classes.json} role="region" aria-label={label} tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
