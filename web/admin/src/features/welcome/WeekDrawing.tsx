/** A day of four courts with its bookings, drawn. Decoration only. */
const columns = [
  [
    ['#1b8559', 20, 70],
    ['#2a76c9', 130, 50],
    ['#1b8559', 240, 110],
  ],
  [
    ['#c8961a', 50, 60],
    ['#1b8559', 160, 90],
    ['#1b8559', 300, 50],
  ],
  [
    ['#1b8559', 0, 90],
    ['#1b8559', 110, 60],
    ['#c8961a', 260, 70],
  ],
  [
    ['#2a76c9', 80, 90],
    ['#1b8559', 210, 60],
    ['#1b8559', 290, 60],
  ],
] as const;

export function WeekDrawing({ className }: { className?: string | undefined }) {
  return (
    <svg className={className} viewBox="0 0 640 560" aria-hidden>
      <rect x="40" y="40" width="560" height="480" rx="24" fill="#fff" />
      {[0, 1, 2, 3].map((column) => (
        <g key={column} transform={`translate(${92 + column * 124} 130)`}>
          <rect x="0" y="-52" width="68" height="12" rx="6" fill="#17211c" opacity="0.8" />
          <rect x="0" y="-32" width="44" height="9" rx="4.5" fill="#17211c" opacity="0.28" />
          {columns[column]?.map(([color, top, height]) => (
            <g key={top} transform={`translate(0 ${top})`}>
              <rect width="108" height={height} rx="9" fill={color} opacity="0.18" />
              <rect width="5" height={height} rx="2.5" fill={color} />
              <rect x="16" y="13" width="56" height="9" rx="4.5" fill={color} />
              {height > 55 && (
                <rect x="16" y="29" width="38" height="7" rx="3.5" fill={color} opacity="0.55" />
              )}
            </g>
          ))}
        </g>
      ))}
      <g opacity="0.5" stroke="#dfe4df" strokeWidth="2">
        {[0, 1, 2, 3, 4].map((row) => (
          <path key={row} d={`M64 ${120 + row * 90}h14`} />
        ))}
      </g>
      <path d="M72 318h504" stroke="#b42318" strokeWidth="2.5" />
      <circle cx="72" cy="318" r="6" fill="#b42318" />
      <circle cx="556" cy="70" r="16" fill="#d9ea3c" />
    </svg>
  );
}
