export { type Inspection, inspectFile as inspect } from '../formats/inspect.ts';
