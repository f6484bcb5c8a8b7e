import type { Claim, TargetKind } from '../../audit-core/audit/inputs';
import type { DeclaredInputs, DeclaredMembers } from '../../audit-core/audit/request';

/** What the configuration (or the command line) says of one audit; all paths absolute, null or empty where it says nothing. */
export interface DeclaredAudit {
  readonly checkpoint: string | null;
  readonly data: readonly string[];
  readonly inputs: DeclaredInputs;
  readonly person: string | null;
  /** null: nothing is said (then the protected columns of the project); empty: none. */
  readonly groups: readonly string[] | null;
  readonly members: DeclaredMembers | null;
  readonly target: TargetKind | null;
  readonly classes: readonly string[] | null;
  /** The base or earlier checkpoint first, then other references. */
  readonly references: readonly string[];
  /** Score arrays, when the model itself cannot be run. */
  readonly scores: string | null;
  readonly claim: Claim | null;
}

export const nothingDeclared: DeclaredAudit = {
  checkpoint: null,
  data: [],
  inputs: { features: null, label: null, steps: [] },
  person: null,
  groups: null,
  members: null,
  target: null,
  classes: null,
  references: [],
  scores: null,
  claim: null,
};

/** `over` on top of `under`: what the command line says beats the configuration. */
export function overrule(under: DeclaredAudit, over: DeclaredAudit): DeclaredAudit {
  return {
    checkpoint: over.checkpoint ?? under.checkpoint,
    data: over.data.length > 0 ? over.data : under.data,
    inputs: {
      features: over.inputs.features ?? under.inputs.features,
      label: over.inputs.label ?? under.inputs.label,
      steps: over.inputs.steps.length > 0 ? over.inputs.steps : under.inputs.steps,
    },
    person: over.person ?? under.person,
    groups: over.groups ?? under.groups,
    members: over.members ?? under.members,
    target: over.target ?? under.target,
    classes: over.classes ?? under.classes,
    references: over.references.length > 0 ? over.references : under.references,
    scores: over.scores ?? under.scores,
    claim: over.claim ?? under.claim,
  };
}
