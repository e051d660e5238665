import { useId, useState } from 'react';
import { Problem } from '../data/api.ts';
import { signIn } from '../data/operator.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Trouble } from '../parts/states.tsx';
import { useFocus } from '../parts/use-focus.ts';

/** Trades the operator token for a cookie of this browser. */
export function SignInDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Act as operator">
      <SignInForm onDone={onClose} />
    </Dialog>
  );
}

export function SignInForm({ why, onDone }: { readonly why?: string; readonly onDone: () => void }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const field = useFocus<HTMLInputElement>();
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await signIn(token.trim());
      onDone();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p>
        {why ?? 'Whoever acts must show that they may.'} Print the token in a terminal of this fleet with{' '}
        <code className="rounded bg-raised px-1 font-mono text-sm">brigade token operator</code>, or start the server
        with <code className="rounded bg-raised px-1 font-mono text-sm">brigade serve --open</code>, which opens this
        page for an operator.
      </p>
      <label htmlFor={id} className="font-medium">
        Operator token
      </label>
      <input
        ref={field}
        id={id}
        type="password"
        autoComplete="off"
        required
        className="field font-mono"
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      {problem !== null && <Trouble problem={problem} />}
      <div className="flex justify-end">
        <button type="submit" className="button button-main" disabled={isBusy || token.trim() === ''}>
          Go on
        </button>
      </div>
    </form>
  );
}
