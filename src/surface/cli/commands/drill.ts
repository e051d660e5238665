// The drill has its own folder; here is only its place in the command table.

export { define } from '../drill/drill-command.ts';
