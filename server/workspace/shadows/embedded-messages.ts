import type { AuditData } from '../../../audit-core/audit/inputs';
import type { ScriptRequest } from '../../../audit-core/audit/request';
import type { TrainingRecipe } from '../../../audit-core/shadows/embedded/recipe';
import type { ShadowScores } from '../../../audit-core/shadows/engine';

/** What an embedded lane is started with; it reads data and architecture once and trains one model after another. */
export interface LaneStart {
  readonly request: ScriptRequest;
  readonly recipe: TrainingRecipe;
  readonly seed: number;
}

export interface LaneJob {
  readonly model: number;
  readonly members: Uint8Array;
}

export type LaneAnswer =
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'trained'; readonly scores: ShadowScores }
  | { readonly kind: 'failed'; readonly message: string };

/** Rows that the script keeps out of training and testing stay out of the reference models. */
export const eligibleOf = (data: AuditData): Uint8Array => data.members.map(side => (side === 2 ? 0 : 1));
