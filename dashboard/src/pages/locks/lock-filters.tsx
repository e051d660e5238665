import { useMemo } from 'react';
import type { Chosen } from '../../data/params.ts';
import { SearchField } from '../../parts/search-field.tsx';
import { choicesOf, type LockFilter, type ShownLock } from './shown-lock.ts';

interface LockFiltersProps {
  readonly filter: LockFilter;
  readonly locks: readonly ShownLock[];
  readonly shown: number;
  readonly isHeat: boolean;
  readonly choose: (change: Chosen) => void;
}

/** Which locks are shown; it stands in the address. */
export function LockFilters({ filter, locks, shown, isHeat, choose }: LockFiltersProps) {
  const { agents, kinds } = useMemo(() => choicesOf(locks), [locks]);
  return (
    <search className="mb-3 flex flex-wrap items-center gap-2" aria-label="Which locks">
      <SearchField label="Search paths, agents, reasons" value={filter.text} onChange={(q) => choose({ q })} />
      <Selection
        label="Kind"
        value={filter.kind}
        all="Every kind"
        options={kinds}
        onChange={(kind) => choose({ kind })}
      />
      {!isHeat && (
        <>
          <Selection
            label="Agent"
            value={filter.agent}
            all="Every agent"
            options={agents}
            onChange={(agent) => choose({ agent })}
          />
          <Toggle
            label="Waited for"
            isOn={filter.isWaitedFor}
            onChange={(isOn) => choose({ waiting: isOn ? '1' : null })}
          />
          <Toggle label="Silent" isOn={filter.isSilent} onChange={(isOn) => choose({ silent: isOn ? '1' : null })} />
          <output className="text-sm text-mute tabular-nums">{countText(shown, locks.length)}</output>
        </>
      )}
    </search>
  );
}

function countText(shown: number, all: number): string {
  const text = `${all.toLocaleString('en')} ${all === 1 ? 'lock' : 'locks'}`;
  return shown === all ? text : `${shown.toLocaleString('en')} of ${text}`;
}

function Selection({
  label,
  value,
  all,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly all: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <select
      aria-label={label}
      className="field max-w-44"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{all}</option>
      {/* What is chosen may have gone meanwhile. */}
      {value !== '' && !options.includes(value) && <option value={value}>{value}</option>}
      {options.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

function Toggle({
  label,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <label className="field flex cursor-pointer items-center gap-2">
      <input
        type="checkbox"
        className="accent-(--accent)"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
