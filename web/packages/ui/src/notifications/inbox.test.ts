import type { NotificationPage } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { byDay, isUnread, listed, nextPage, withRead, type AppNotification, type Inbox } from './inbox';
import { subjectOf } from './kinds';

function message(id: string, read = false, createdAt = '2026-11-23T10:00:00Z'): AppNotification {
  return {
    id,
    notificationType: 'BOOKING_CONFIRMED',
    title: id,
    body: '',
    urgency: 'CRITICAL',
    read,
    data: {},
    createdAt,
  };
}

function inbox(...pages: AppNotification[][]): Inbox {
  const unreadCount = pages.flat().filter(({ read }) => !read).length;
  return {
    pageParams: pages.map((_page, position) => position),
    pages: pages.map((notifications, page) => ({
      notifications: notifications as NotificationPage['notifications'],
      page,
      size: 2,
      totalElements: pages.flat().length,
      unreadCount,
    })),
  };
}

describe('the list of messages', () => {
  // NOTE-40: one entry per message, also when a new one pushed an older one onto the next page.
  it('shows a message once', () => {
    const shifted = inbox([message('c'), message('b')], [message('b'), message('a')]);
    expect(listed(shifted)?.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(listed(undefined)).toBeUndefined();
  });

  it('asks for pages until there are none', () => {
    const page = { notifications: [], unreadCount: 0, size: 20 };
    expect(nextPage({ ...page, page: 0, totalElements: 41 })).toBe(1);
    expect(nextPage({ ...page, page: 1, totalElements: 41 })).toBe(2);
    expect(nextPage({ ...page, page: 2, totalElements: 41 })).toBeUndefined();
    expect(nextPage({ ...page, page: 0, totalElements: 20 })).toBeUndefined();
    expect(nextPage({ ...page, page: 0, totalElements: 0 })).toBeUndefined();
  });

  // NOTE-41: repeatable, so a second press counts nothing down.
  it('counts a message that is read once', () => {
    const before = inbox([message('b'), message('a')]);
    const once = withRead(before, 'a');
    expect(isUnread(once, 'a')).toBe(false);
    expect(isUnread(once, 'b')).toBe(true);
    expect(once.pages[0]?.unreadCount).toBe(1);
    expect(withRead(once, 'a').pages[0]?.unreadCount).toBe(1);
    expect(isUnread(before, 'a')).toBe(true);
  });

  it('is read as a whole', () => {
    const all = withRead(inbox([message('c'), message('b', true)], [message('a')]));
    expect(listed(all)?.every(({ read }) => read)).toBe(true);
    expect(all.pages.map(({ unreadCount }) => unreadCount)).toEqual([0, 0]);
  });

  // APP-59: the reader's own clock decides what was today.
  it('stands under the days of the reader', () => {
    const late = message('late', false, '2026-11-23T22:30:00Z');
    const early = message('early', false, '2026-11-23T21:30:00Z');
    const dates = (zone: string) => byDay([late, early], zone).map(({ date }) => date);
    expect(dates('Europe/Athens')).toEqual(['2026-11-24', '2026-11-23']);
    expect(dates('Europe/London')).toEqual(['2026-11-23']);
  });
});

describe('what a message is about', () => {
  it.each([
    ['BOOKING_CONFIRMED', 'booking'],
    ['BOOKING_REMINDER', 'reminder'],
    ['PENDING_CONFIRMATION_REMINDER', 'reminder'],
    ['REMINDER_ALERT', 'reminder'],
    ['RECURRING_BOOKING_PRICE_CHANGED', 'booking'],
    ['SPLIT_PAYMENT_REQUESTED', 'money'],
    ['REFUND_COMPLETED', 'money'],
    ['FAVORITE_COURT_ALERT', 'favorite'],
    ['COURT_CHANGED', 'court'],
    ['SECURITY_NOTICE', 'account'],
    // NOTE-17
    ['SOMETHING_NEW', 'other'],
  ])('%s is about %s', (type, subject) => expect(subjectOf(type)).toBe(subject));
});
