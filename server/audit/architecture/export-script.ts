/** What the generated script exports. */
export interface ExportPlan {
  /** Base names: the three files lie in one folder. */
  readonly script: string;
  readonly checkpoint: string;
  readonly output: string;
  /** The call that constructs the network, as the script writes it. */
  readonly construction: string;
  /** The line of the script that it stands on; null where it was not found there. */
  readonly line: number | null;
  /** One row as the network takes it, without the batch; null where it is not known. */
  readonly row: readonly number[] | null;
}

/**
 * A Python script that exports a network to ONNX, for the user's own interpreter: readable, and without the training, since only the imports,
 * functions, classes and plain constants of the training script are run.
 */
export function exportScript(plan: ExportPlan): string {
  const row = plan.row === null ? '1, ...' : ['1', ...plan.row].join(', ');
  const open = plan.row === null ? '  # fill in: one row as the network takes it' : '';
  return `"""Exports the network of ${oneLine(plan.script)} with the weights of ${oneLine(plan.checkpoint)} to ONNX.

Written by Epsilint; read it before you run it, with the interpreter that has your libraries. It runs the imports, functions, classes and
plain constants of the training script, not the training itself.
"""
import ast
import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / ${literal(plan.script)}
CHECKPOINT = HERE / ${literal(plan.checkpoint)}
OUTPUT = HERE / ${literal(plan.output)}
INPUT_SHAPE = (${row})${open}
# ${plan.line === null ? 'Not constructed at the top of the script: give its arguments.' : `Line ${plan.line} of the script.`} Names that the script computes from its data must become numbers here.
NETWORK = ${literal(plan.construction)}


def is_plain(node):
    """Definitions, imports and assignments of literals: what a network is made of."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return True
    if not isinstance(node, ast.Assign):
        return False
    try:
        ast.literal_eval(node.value)
    except ValueError:
        return False
    return True


def weights_of(saved):
    """The state dict, without what training scripts and wrappers put around it."""
    for key in ("state_dict", "model_state_dict", "model", "module_state_dict"):
        if isinstance(saved, dict) and isinstance(saved.get(key), dict):
            saved = saved[key]
    for prefix in ("module.", "_module.", "_orig_mod."):
        if saved and all(name.startswith(prefix) for name in saved):
            saved = {name[len(prefix):]: value for name, value in saved.items()}
    return saved


sys.path.insert(0, str(HERE))
tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
tree.body = [node for node in tree.body if is_plain(node)]
names = {"__name__": "epsilint_export", "__file__": str(SCRIPT)}
exec(compile(tree, str(SCRIPT), "exec"), names)

network = eval(NETWORK, names)
network.load_state_dict(weights_of(torch.load(CHECKPOINT, map_location="cpu", weights_only=True)))
network.eval()
torch.onnx.export(
    network,
    (torch.zeros(INPUT_SHAPE),),
    str(OUTPUT),
    input_names=["x"],
    output_names=["outputs"],
    dynamic_axes={"x": {0: "rows"}, "outputs": {0: "rows"}},
    dynamo=False,
)
`;
}

const oneLine = (text: string): string => text.replace(/[\r\n"\\]/g, ' ').slice(0, 200);

/** A Python string literal. JSON's escapes are Python's, but for pairs of surrogates, which need no escape at all. */
const literal = (text: string): string => JSON.stringify(text);
