/** One of a few, all in sight. */
export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  readonly onChange: (id: string) => void;
}) {
  return (
    <fieldset className="flex rounded-md border border-line bg-panel p-0.5" aria-label={label}>
      {options.map(({ id, label: text }) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === value}
          onClick={() => onChange(id)}
          className={`rounded px-2 py-1 text-sm ${id === value ? 'bg-accent-soft font-medium text-accent' : 'hover:bg-raised'}`}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}
