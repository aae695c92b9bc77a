/** BOOK-10: nobody can book less than an hour ahead. In milliseconds. */
export const leastAheadMs = 3_600_000;
