/**
 * The opening hours of a week, painted on a grid of half hours (ADMIN-17). With a mouse: press and pull over days and hours.
 * With a keyboard: arrows walk, Shift with arrows paints, Space turns one half hour over. With a finger: a touch turns one
 * over, and the list beside it has the same hours.
 */
import { minutesOf } from '@courtside/ui';
import {
  useEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
} from 'react';
import { useTranslation } from 'react-i18next';
import { weekdays, type Week } from '../hours';
import { cellMinutes, cellsOf, cellsPerDay, moved, painted, windowsOfCells, type Cell } from './paint';
import classes from './WeekPainter.module.css';

interface WeekPainterProps {
  week: Week;
  onChange: (week: Week) => void;
}

const steps: Record<string, [days: number, cells: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  PageUp: [0, -4],
  PageDown: [0, 4],
  Home: [-7, 0],
  End: [7, 0],
};

function timeOf(cell: number): string {
  const minutes = cell * cellMinutes;
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

function cellAt(target: EventTarget | null): Cell | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
  if (element === null) return undefined;
  return { day: Number(element.dataset.day), cell: Number(element.dataset.cell) };
}

export function WeekPainter({ week, onChange }: WeekPainterProps) {
  const { t } = useTranslation();
  const grid = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState<Cell>({ day: 0, cell: 16 });
  /** While the mouse is pressed: where it began, whether it opens or closes, and the week before. */
  const stroke = useRef<{ from: Cell; open: boolean; before: Week }>(undefined);
  const [said, setSaid] = useState('');
  const days = weekdays.map((day) => cellsOf(week[day]));
  const isOpen = ({ day, cell }: Cell) => days[day]?.[cell] === true;

  useEffect(() => {
    // The night is rarely open: the view begins in the morning.
    const morning = grid.current?.querySelector<HTMLElement>('[data-day="0"][data-cell="13"]');
    if (grid.current !== null && morning != null) grid.current.scrollTop = morning.offsetTop - 32;
  }, []);

  const describe = ({ day }: Cell, next: Week) => {
    const name = weekdays[day] ?? 'MONDAY';
    const windows = windowsOfCells(cellsOf(next[name]));
    const ranges = windows.map(({ startTime, endTime }) => `${startTime}–${endTime}`).join(', ');
    return `${t(`weekday.${name}`)}: ${ranges === '' ? t('hours.closed') : ranges}`;
  };
  const change = (cell: Cell, next: Week) => {
    onChange(next);
    setSaid(describe(cell, next));
  };

  const press = (event: PointerEvent) => {
    const from = cellAt(event.target);
    if (from === undefined || event.button !== 0) return;
    setFocus(from);
    // A finger that slides wants to scroll; its touch arrives as a click.
    if (event.pointerType === 'touch') return;
    event.preventDefault();
    const open = !isOpen(from);
    stroke.current = { from, open, before: week };
    change(from, painted(week, from, from, open));
  };
  const pull = (event: PointerEvent) => {
    const began = stroke.current;
    const to = cellAt(document.elementFromPoint(event.clientX, event.clientY));
    if (began === undefined || to === undefined) return;
    change(to, painted(began.before, began.from, to, began.open));
  };
  const release = (event: PointerEvent) => {
    if (stroke.current !== undefined) {
      stroke.current = undefined;
      return;
    }
    const cell = event.pointerType === 'touch' ? cellAt(event.target) : undefined;
    if (cell !== undefined) change(cell, painted(week, cell, cell, !isOpen(cell)));
  };

  const type = (event: KeyboardEvent) => {
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      change(focus, painted(week, focus, focus, !isOpen(focus)));
      return;
    }
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = moved(focus, ...step);
    // Shift drags the state of the half hour it leaves.
    if (event.shiftKey) change(to, painted(week, focus, to, isOpen(focus)));
    setFocus(to);
    grid.current?.querySelector<HTMLElement>(`[data-day="${to.day}"][data-cell="${to.cell}"]`)?.focus();
  };

  return (
    <div className={classes.frame}>
      <div
        ref={grid}
        className={classes.grid}
        role="grid"
        aria-label={t('painter.label')}
        aria-describedby="painter-hint"
        onPointerDown={press}
        onPointerMove={pull}
        onPointerUp={release}
        onPointerLeave={() => (stroke.current = undefined)}
        onKeyDown={type}
      >
        <div role="row" className={classes.row}>
          <span role="columnheader" aria-label={t('painter.time')} />
          {weekdays.map((day) => (
            <span key={day} role="columnheader" aria-label={t(`weekday.${day}`)} className={classes.day}>
              {t(`weekdayShort.${day}`)}
            </span>
          ))}
        </div>
        {Array.from({ length: cellsPerDay }, (_unused, cell) => (
          <div key={cell} role="row" className={classes.row} data-hour={cell % 2 === 0 || undefined}>
            <span role="rowheader" className={classes.time} aria-label={timeOf(cell)}>
              {cell % 2 === 0 ? timeOf(cell) : ''}
            </span>
            {weekdays.map((day, position) => {
              const open = days[position]?.[cell] === true;
              const focused = focus.day === position && focus.cell === cell;
              return (
                <span
                  key={day}
                  role="gridcell"
                  className={classes.cell}
                  data-day={position}
                  data-cell={cell}
                  aria-selected={open}
                  aria-label={`${t(`weekday.${day}`)} ${timeOf(cell)}, ${t(open ? 'painter.open' : 'hours.closed')}`}
                  tabIndex={focused ? 0 : -1}
                  style={partsOf(week[day], cell)}
                />
              );
            })}
          </div>
        ))}
      </div>
      <div role="status" className={classes.said}>
        {said}
      </div>
    </div>
  );
}

/** Where a window begins or ends within the half hour, the part that is open is drawn. */
function partsOf(windows: Week['MONDAY'], cell: number): CSSProperties | undefined {
  const [from, until] = [cell * cellMinutes, (cell + 1) * cellMinutes];
  for (const { startTime, endTime } of windows) {
    const start = Math.max(from, minutesOf(startTime));
    const end = Math.min(until, endTime >= '23:59' ? 24 * 60 : minutesOf(endTime));
    if (start >= end || (start === from && end === until)) continue;
    const share = (minute: number) => `${((minute - from) / cellMinutes) * 100}%`;
    return {
      background: `linear-gradient(to bottom, transparent ${share(start)}, var(--painted) ${share(start)} ${share(end)}, transparent ${share(end)})`,
    };
  }
  return undefined;
}
