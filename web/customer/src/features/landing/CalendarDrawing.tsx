/** An owner's week, drawn: four courts, a day's bookings, the line of now. Decoration only. */
const rows = [0, 1, 2, 3, 4, 5, 6, 7];
/** Column, first row, height in rows, colour. */
const bookings = [
  [0, 0.5, 1.5, '#3fa678'],
  [0, 3, 1.5, '#3fa678'],
  [0, 5.5, 1.5, '#2a76c9'],
  [1, 1, 1, '#d9ea3c'],
  [1, 2.5, 2, '#3fa678'],
  [1, 5, 2, '#3fa678'],
  [2, 0, 2, '#2a76c9'],
  [2, 3.5, 1.5, '#3fa678'],
  [2, 6, 1.5, '#f0a05c'],
  [3, 1.5, 1.5, '#3fa678'],
  [3, 4, 1, '#d9ea3c'],
  [3, 5.5, 2, '#3fa678'],
] as const;

export function CalendarDrawing({ className }: { className?: string | undefined }) {
  return (
    <svg className={className} viewBox="0 0 520 440" aria-hidden>
      <rect width="520" height="440" rx="22" fill="#fff" />
      <rect x="24" y="22" width="150" height="16" rx="8" fill="#17211c" />
      <rect x="402" y="18" width="94" height="24" rx="12" fill="#0f6f48" />
      <g fill="#b9c4bd">
        {[0, 1, 2, 3].map((column) => (
          <rect key={column} x={78 + column * 108} y="62" width="62" height="9" rx="4.5" />
        ))}
        {rows.map((row) => (
          <rect key={row} x="24" y={92 + row * 41} width="26" height="8" rx="4" />
        ))}
      </g>
      <g stroke="#e3e8e4" strokeWidth="1.5">
        {rows.map((row) => (
          <path key={row} d={`M66 ${96 + row * 41}H496`} />
        ))}
      </g>
      {bookings.map(([column, start, height, colour]) => (
        <g key={`${column} ${start}`} transform={`translate(${70 + column * 108} ${96 + start * 41})`}>
          <rect width="98" height={height * 41 - 5} rx="8" fill={colour} opacity="0.24" />
          <rect width="5" height={height * 41 - 5} rx="2.5" fill={colour} />
          <rect x="14" y="10" width="52" height="7" rx="3.5" fill="#17211c" opacity="0.7" />
          <rect x="14" y="23" width="34" height="6" rx="3" fill="#17211c" opacity="0.35" />
        </g>
      ))}
      <path d="M66 240H496" stroke="#cc402b" strokeWidth="2" />
      <circle cx="66" cy="240" r="5" fill="#cc402b" />
    </svg>
  );
}
