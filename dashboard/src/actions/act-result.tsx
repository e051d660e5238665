import { Check, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Problem, send } from '../data/api.ts';
import { Trouble } from '../parts/states.tsx';
import { useFocus } from '../parts/use-focus.ts';
import type { Act, ActAnswer } from './act.ts';
import { newKey } from './draft.ts';
import { Sentences } from './sentences.tsx';

/** What came of an act, and the way back where there is one. */
export function ActResult({
  act,
  answer,
  reason,
  onClose,
}: {
  readonly act: Act;
  readonly reason: string;
  readonly answer: ActAnswer;
  readonly onClose: () => void;
}) {
  const [state, setState] = useState<'done' | 'undone' | Problem>('done');
  const [key] = useState(newKey);
  const isSent = useRef(false);
  const close = useFocus<HTMLButtonElement>();
  const { undo, events, changed } = answer;
  const takeBack = async (): Promise<void> => {
    if (undo == null || isSent.current) return;
    isSent.current = true;
    try {
      await send(undo.method, undo.path, undo.body, { 'idempotency-key': key });
      setState('undone');
      close.current?.focus();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setState(error);
    } finally {
      isSent.current = false;
    }
  };
  return (
    <div className="grid gap-3">
      <output className="flex items-center gap-2 font-medium text-good">
        <Check aria-hidden className="size-4" /> {state === 'undone' ? 'Taken back.' : `${act.title}: done.`}
      </output>
      {(events !== undefined || changed === false) && (
        <div className="rounded-md bg-raised px-3 py-2">
          <Sentences answer={changed === false ? {} : answer} reason={reason} none="Nothing had to change." />
        </div>
      )}
      {state instanceof Problem && <Trouble problem={state} />}
      <div className="flex flex-wrap justify-end gap-2">
        {undo != null && state !== 'undone' && (
          <button type="button" className="button" onClick={() => void takeBack()}>
            <Undo2 aria-hidden className="size-3.5" /> Undo
          </button>
        )}
        <button ref={close} type="button" className="button button-main" onClick={onClose}>
          Close
        </button>
      </div>
    </div>
  );
}
