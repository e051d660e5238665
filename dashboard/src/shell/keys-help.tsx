import { Dialog } from '../parts/dialog.tsx';
import { PAGES } from './pages.ts';

export function KeysHelp({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keys">
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        {PAGES.map(({ key, title }) => (
          <Row key={key} keys={['g', key]} does={`to ${title}`} />
        ))}
        <Row keys={['/']} does="search on this page" />
        <Row keys={['↑', '↓']} does="in a table: to another row" />
        <Row keys={['Enter']} does="open the row" />
        <Row keys={['[', ']']} does="one event back, one event on" />
        <Row keys={['Esc']} does="back to now" />
        <Row keys={['?']} does="this list" />
      </dl>
    </Dialog>
  );
}

function Row({ keys, does }: { readonly keys: readonly string[]; readonly does: string }) {
  return (
    <>
      <dt className="flex gap-1">
        {keys.map((key) => (
          <kbd key={key} className="rounded border border-line bg-raised px-1.5 font-mono text-xs leading-5">
            {key}
          </kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </>
  );
}
