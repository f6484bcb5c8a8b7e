import * as z from 'zod';

const Port = z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.string() });

/** What is in a checkpoint file, read without running any of it; or the one sentence why it is not shown. */
export const CheckpointPage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('inspected'),
    name: z.string(),
    bytes: z.number(),
    format: z.string(),
    /** The model in words, where the file tells. */
    architecture: z.string().nullable(),
    parameters: z.number(),
    /** The first tensors; `tensorCount` says how many there are. */
    tensors: z.array(Port),
    tensorCount: z.number(),
    inputs: z.array(Port),
    outputs: z.array(Port),
    metadata: z.array(z.tuple([z.string(), z.string()])),
    hazards: z.array(z.object({ kind: z.string(), message: z.string() })),
    warnings: z.array(z.string()),
    runnable: z.boolean(),
    why: z.string(),
  }),
  z.object({
    kind: z.literal('refused'),
    name: z.string(),
    message: z.string(),
    /** Seen in the file before it was refused. */
    hazards: z.array(z.object({ kind: z.string(), message: z.string() })),
  }),
]);
export type CheckpointPage = z.infer<typeof CheckpointPage>;

/** Request, client → server: what is in a file. */
export const INSPECT = 'epsilint/inspect';
export const InspectQuestion = z.object({ uri: z.string() });
