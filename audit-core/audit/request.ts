import type { Limits } from '../checkpoints/limits';
import type { Recipe } from '../datasets/recipe';
import type { DataLimits } from '../datasets/sources';
import type { Claim, TargetKind } from './inputs';
import type { AuditOutcome } from './result';

/** What the audit worker is asked for; plain data, so that it crosses threads. */
export interface ScoresRequest {
  readonly kind: 'scores';
  /** Absolute path of the `.npz` file. */
  readonly file: string;
  readonly despiteGate: boolean;
  readonly listExposed: boolean;
  readonly claim?: Claim | null;
}

/** Who was trained on, as somebody declares it: a file, the values of a column, or 0-based rows of the data. */
export type DeclaredMembers =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'column'; readonly column: string; readonly is: readonly (string | number | boolean)[] }
  | { readonly kind: 'rows'; readonly rows: readonly number[] }
  /** A half-open range; `to` null: up to the last row. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number | null };

/** One declared preprocessing step over feature columns (null: all), fitted on the members. */
export type DeclaredStep =
  | { readonly kind: 'fill'; readonly with: 'median' | 'mean' | number; readonly columns: readonly string[] | null }
  | { readonly kind: 'scale'; readonly how: 'standard' | 'min-max'; readonly columns: readonly string[] | null };

/** How rows become inputs where no script shows it: columns of the table, in the order of the model. */
export interface DeclaredInputs {
  /** null: as the model names them, else the numeric columns that are nothing else. */
  readonly features: readonly string[] | null;
  readonly label: readonly string[] | null;
  readonly steps: readonly DeclaredStep[];
}

export interface DataFile {
  /** As the recipe names it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** The checkpoint of a training script (or one alone), with what was inferred from the script's text and what was declared. */
export interface ScriptRequest {
  readonly kind: 'script';
  /** Absolute; null for a checkpoint alone. */
  readonly script: string | null;
  /** Absolute. */
  readonly checkpoint: string;
  readonly data: readonly DataFile[];
  /** How the script makes its training arrays; null where inputs are declared. */
  readonly recipe: Recipe | null;
  /** The script's recipe where declared inputs take its place: for its split only. */
  readonly split: Recipe | null;
  readonly inputs: DeclaredInputs;
  readonly person: string | null;
  /** Other columns that tell people apart: the first that the data have is used where `person` is null. */
  readonly subjects: readonly string[];
  readonly groups: readonly string[];
  /** Overrules the script's split. */
  readonly members: DeclaredMembers | null;
  /** null: as outputs and labels look. */
  readonly target: TargetKind | null;
  /** Class names in the order of the outputs, where labels are text. */
  readonly classes: readonly string[] | null;
  /** Checkpoints trained without any of the rows: before fine-tuning, or an earlier release. Absolute. */
  readonly references: readonly string[];
  readonly claim: Claim | null;
  readonly despiteGate: boolean;
  readonly limits: AuditLimits;
}

export interface AuditLimits {
  /** Most rows; beyond, whole people are left out at random. */
  readonly rows: number;
  /** Seconds for running the models; null: no limit. */
  readonly seconds: number | null;
  /** Most numbers (rows × features) that are read; absent: as many as fit in memory with ease. */
  readonly values?: number;
  /** Heap of the audit's thread, in MB. */
  readonly memory?: number;
  /** What reading the checkpoint and the data may take; absent: the readers' own limits. */
  readonly reading?: { readonly checkpoints: Limits; readonly data: DataLimits };
}

export const defaultAuditLimits: AuditLimits = { rows: 200_000, seconds: null };

export type WorkerRequest = ScoresRequest | ScriptRequest;

/** What the worker says. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly message: string; readonly fraction: number }
  | { readonly kind: 'done'; readonly outcome: AuditOutcome }
  /** One sentence for the user; `known` is false for a defect of ours; `unbuilt`: the network of the weights could not be rebuilt. */
  | { readonly kind: 'failed'; readonly message: string; readonly known: boolean; readonly unbuilt?: true };
