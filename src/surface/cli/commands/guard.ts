import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { perform } from '../context.ts';
import type { GuardOptions } from '../guard/guard-run.ts';

export function define(command: Command, cli: Cli): void {
  command.usage('pre-commit|commit-msg|post-commit|pre-push|watch [options]').addHelpText('after', HELP);
  const preCommit = sub(command, 'pre-commit')
    .summary('refuse a commit of what another agent holds')
    .description('Refuse a commit that changes what another agent holds. Run by git.')
    .action((options: GuardOptions) =>
      perform(preCommit, cli, async (context) =>
        (await import('../guard/pre-commit.ts')).guardPreCommit(context, options),
      ),
    );
  const message = sub(command, 'commit-msg')
    .summary('write the agent into the message, where the policy says so')
    .description('Write the agent and its leases into the message of a commit (policy hooks.git.trailers). Run by git.')
    .argument('<file>', 'the message')
    .action((file: string, options: GuardOptions) =>
      perform(message, cli, async (context) =>
        (await import('../guard/commit-msg.ts')).guardCommitMessage(context, file, options),
      ),
    );
  const postCommit = sub(command, 'post-commit')
    .summary('note a commit that no guard let pass')
    .description('Note in the log a commit that no guard let pass and that changed what others hold. Run by git.')
    .action((options: GuardOptions) =>
      perform(postCommit, cli, async (context) =>
        (await import('../guard/post-commit.ts')).guardPostCommit(context, options),
      ),
    );
  const prePush = sub(command, 'pre-push')
    .summary('the same for a push, where the policy says so')
    .description(
      'Refuse a push of what another agent holds (policy hooks.git.push). Run by git, which writes the refs to stdin.',
    )
    .argument('[remote]', 'its name', 'origin')
    .argument('[url]', 'where it is')
    .action((remote: string, _url: string | undefined, options: GuardOptions) =>
      perform(prePush, cli, async (context) =>
        (await import('../guard/pre-push.ts')).guardPrePush(context, remote, options),
      ),
    );
  const watch = command
    .command('watch')
    .summary('tell of changes of held files by anybody else')
    .description('Tell of changes of files that an agent holds and that it did not make, as far as can be told.')
    .option('--once', 'look once, at what has changed since it is held; exit code 1 where there is something')
    .addHelpText('after', WATCHED)
    .action((options: { readonly once?: boolean }) =>
      perform(watch, cli, async (context) => (await import('../guard/watch.ts')).guardWatch(context, options)),
    );
}

const WATCHED = `
No system says who changed a file. An edit is the holder's where its client told of it
(hooks), or where its client tells of no edits and it was active. A command that the
holder ran may be taken for somebody else. What is certain enough is in the log too
(policy hooks.git.watch: report, or alert). With --json one line of JSON for each.`;

function sub(command: Command, name: string): Command {
  return command
    .command(name)
    .addOption(
      new Option('--fail <open|closed>', 'where the fleet cannot be asked: let it pass, or refuse it').choices([
        'open',
        'closed',
      ]),
    );
}

const HELP = `
Git runs these; \`brigade init --git\` puts them among the hooks of a repository,
beside whatever is there. Exit codes: 0 it may be, 4 somebody holds it, 8 it could
not be checked and the policy (hooks.onFault) or --fail says closed.`;
