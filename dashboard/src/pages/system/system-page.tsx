// Brigade itself: the processes on this host, the log, how long commits take, the policy in force, and who did what by authority.

import { PageTitle } from '../../parts/panel.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { ChainPanel } from './chain-panel.tsx';
import { CommitPanel } from './commit-panel.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { ProcessesPanel } from './processes-panel.tsx';
import { StorePanel } from './store-panel.tsx';

export function SystemPage() {
  return (
    <>
      <PageTitle title="System" />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <StorePanel />
        <CommitPanel />
        <ProcessesPanel />
        <PolicyPanel />
        <AuditPanel />
        <ChainPanel />
      </div>
    </>
  );
}
