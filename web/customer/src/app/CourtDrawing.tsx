/** A padel court seen from above in the evening light. Decoration only. */
export function CourtDrawing({ className }: { className?: string | undefined }) {
  return (
    <svg className={className} viewBox="0 0 600 760" preserveAspectRatio="xMidYMid slice" aria-hidden>
      <defs>
        <linearGradient id="evening" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#14895a" />
          <stop offset="0.55" stopColor="#0d6543" />
          <stop offset="1" stopColor="#083f2a" />
        </linearGradient>
        <linearGradient id="turf" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#2a76c9" />
          <stop offset="1" stopColor="#194f91" />
        </linearGradient>
        <radialGradient id="ballLight" cx="0.35" cy="0.3" r="0.8">
          <stop offset="0" stopColor="#f3fb8e" />
          <stop offset="1" stopColor="#c3d80f" />
        </radialGradient>
      </defs>
      <rect width="600" height="760" fill="url(#evening)" />
      <g transform="rotate(-14 300 380) translate(90 30)">
        <rect x="-26" y="-26" width="472" height="752" rx="26" fill="#0a4a31" opacity="0.55" />
        <rect width="420" height="700" rx="6" fill="url(#turf)" />
        <g fill="none" stroke="#fff" strokeWidth="5" opacity="0.92">
          <rect x="10" y="10" width="400" height="680" />
          <path d="M10 140h400M10 560h400M210 140v420" />
        </g>
        <path d="M-14 350h448" stroke="#f6f7f4" strokeWidth="7" />
        <path d="M-14 357h448" stroke="#0b2d20" strokeWidth="5" opacity="0.35" />
        <g transform="translate(-12 66)">
          <ellipse cx="314" cy="236" rx="26" ry="17" fill="#0b2d20" opacity="0.35" />
          <circle cx="300" cy="214" r="27" fill="url(#ballLight)" />
          <path
            d="M277 201c13 6 21 18 20 38M322 228c-12-7-18-20-15-39"
            fill="none"
            stroke="#fff"
            strokeWidth="3"
            opacity="0.85"
          />
        </g>
      </g>
    </svg>
  );
}
