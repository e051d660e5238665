import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { Link } from 'wouter';
import { useMoment, withMoment } from '../data/moment.ts';

interface GoToProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: string;
  /** Another moment than the one that is shown; null is now. */
  readonly at?: string | null;
  /** It looks like what is in it, not like a link. */
  readonly isPlain?: boolean;
  readonly children: ReactNode;
}

/** A link to another page, in the moment that is shown. */
export function GoTo({ to, at, isPlain = false, className = '', children, ...rest }: GoToProps) {
  const { at: shown } = useMoment();
  return (
    <Link
      href={withMoment(to, at === undefined ? shown : at)}
      className={`${isPlain ? '' : 'link '}${className}`}
      {...rest}
    >
      {children}
    </Link>
  );
}

export function AgentLink({ id }: { readonly id: string }) {
  return (
    <GoTo to={`/agents/${encodeURIComponent(id)}`} className="font-medium">
      {id}
    </GoTo>
  );
}

/** A resource leads to its row among the locks. */
export function ResourceLink({ name }: { readonly name: string }) {
  return (
    <GoTo to={`/locks?resource=${encodeURIComponent(name)}`} className="font-mono text-[0.93em]">
      {name}
    </GoTo>
  );
}
