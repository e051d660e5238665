// What a client tells its agent about this server, once, before the first call.

export const INSTRUCTIONS = `Brigade keeps agents that share one workspace out of each other's way.
Before you change a file that others may change too: acquire_lock with its path (several together: all or nothing). Work. Then release_lock at once.
- granted: you hold it until you release it, or until 5 minutes pass without any call of yours. Keep the token: release, renew and guarded writes need it.
- queued: you keep your place in line. Call acquire_lock with the ticket to go on waiting, or do something else and withdraw.
- TOKEN_STALE: you no longer hold it. Stop, read the file again, acquire again.
- WAIT_ABORTED_DEADLOCK: release what you hold, then ask for everything in one call.
- A notice that somebody asks you to let go of a lock: release_lock or hand_off, or answer it with send_message.
Every refusal says what to do next, and every result may carry notices: read both.
After each piece of work: check_in with what you did and how sure you are. verdict pause: stop, mend what it names, then recover.
list_locks and fleet_status show who holds what. get_state and put_state share small values without lost updates.
Agents that must exclude each other (say, subagents editing at once) register separately and pass their own \`session\` handle.`;
