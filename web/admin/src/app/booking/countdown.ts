/** How long until a deadline, cut into what a screen shows. Pure: the clock is an argument. */
export type Urgency = 'calm' | 'soon' | 'urgent' | 'over';

export interface TimeLeft {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
  urgency: Urgency;
}

const hour = 3_600_000;

export function timeLeft(deadline: string, now: Date): TimeLeft {
  const left = Date.parse(deadline) - now.getTime();
  // Rounded up, so that nothing reads 00:00 while there is still time.
  const seconds = Math.max(0, Math.ceil(left / 1000));
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor((seconds % 86_400) / 3_600),
    minutes: Math.floor((seconds % 3_600) / 60),
    seconds: seconds % 60,
    urgency: left <= 0 ? 'over' : left <= hour ? 'urgent' : left <= 4 * hour ? 'soon' : 'calm',
  };
}
