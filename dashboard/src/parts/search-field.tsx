import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';

/** The search of a page, which `/` leads to. What is typed is told when somebody rests. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  // Another value came from elsewhere: by a link, by going back.
  if (value !== told) {
    setTold(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === told) return undefined;
    const timer = window.setTimeout(() => {
      setTold(typed);
      onChange(typed);
    }, REST_MS);
    return () => window.clearTimeout(timer);
  }, [typed, told, onChange]);
  return (
    <span className="relative min-w-48 flex-1 sm:max-w-80">
      <Search aria-hidden className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-mute" />
      <input
        type="search"
        aria-label={label}
        placeholder={`${label}  /`}
        className="field w-full pl-8"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.stopPropagation();
        }}
      />
    </span>
  );
}

const REST_MS = 150;
