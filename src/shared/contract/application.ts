import { z } from 'zod';
import { hostPath, procedure } from './base.ts';

export const capabilitiesSchema = z.object({
  host: z.enum(['electron', 'web']),
  version: z.string(),
  /** `process.platform` of the host. */
  platform: z.string(),
  /** Whether the host can ask with the system's own dialogs; if not, a screen browses by `locations`. */
  nativeDialogs: z.boolean(),
  /** Whether the host can show a file in the system's file manager. */
  reveal: z.boolean(),
  /** Whether the host keeps the machine from sleeping while a job runs. */
  keepsAwake: z.boolean(),
});
export type Capabilities = z.output<typeof capabilitiesSchema>;

export const pickRequest = z.strictObject({
  title: z.string().max(200),
  kind: z.enum(['folder', 'file']),
  /** Where the dialog begins; default: where the last one ended. */
  from: hostPath.optional(),
});
export type PickRequest = z.output<typeof pickRequest>;

export const application = {
  capabilities: procedure.output(capabilitiesSchema),
  /** Asks for a place by the system's dialog; null when the user thought better of it. Absent on the web host. */
  pick: procedure.input(pickRequest).output(z.string().nullable()),
  /** Shows a file or folder in the system's file manager. Absent on the web host. */
  reveal: procedure.input(z.strictObject({ path: hostPath })).output(z.void()),
};
