import * as z from 'zod';

/** Notification, server → client: what the status item shows. */
export const STATUS = 'epsilint/status';
export const Status = z.object({
  state: z.enum(['ready', 'limited', 'auditing', 'restricted']),
  /** One sentence. */
  detail: z.string(),
});
export type Status = z.infer<typeof Status>;

/** Notification, client → server: the person has granted (or taken back) trust in the workspace. */
export const TRUST = 'epsilint/trust';
export const Trust = z.object({ trusted: z.boolean() });
export type Trust = z.infer<typeof Trust>;
