import { fields } from '../protobuf/wire';
import { MessageWriter } from '../protobuf/writer';
import { readNode, readValue } from './graph';

/**
 * The model without its final ZipMap (ai.onnx.ml): that operator turns class scores into a list of maps, which the
 * WebAssembly runtime cannot return. The graph then ends in the scores themselves, under the map's name.
 */
export function withoutZipMap(model: Uint8Array): Uint8Array {
  const out = new MessageWriter();
  let changed = false;
  for (const field of fields(model, 'The ONNX file')) {
    if (field.number !== 7 || field.wire !== 2) {
      out.raw(model.subarray(field.start, field.end));
      continue;
    }
    const graph = stripGraph(field.bytes);
    changed = graph !== null;
    out.bytes(7, graph ?? field.bytes);
  }
  return changed ? out.finish() : model;
}

function stripGraph(graph: Uint8Array): Uint8Array | null {
  const renamed = new Map<string, string>();
  for (const field of fields(graph, 'The ONNX graph')) {
    if (field.number !== 1) continue;
    const node = readNode(field.bytes);
    if (node.operator === 'ZipMap') renamed.set(node.outputs[0] ?? '', node.inputs[0] ?? '');
  }
  if (renamed.size === 0) return null;
  const out = new MessageWriter();
  for (const field of fields(graph, 'The ONNX graph')) {
    const raw = graph.subarray(field.start, field.end);
    if (field.number === 1 && readNode(field.bytes).operator === 'ZipMap') {
      const node = readNode(field.bytes);
      const identity = new MessageWriter()
        .text(1, node.inputs[0] ?? '')
        .text(2, node.outputs[0] ?? '')
        .text(4, 'Identity');
      out.message(1, identity);
    } else if (field.number === 12 && renamed.has(readValue(field.bytes).name)) {
      // TypeProto.Tensor of float32 without a shape.
      const type = new MessageWriter().message(1, new MessageWriter().int(1, 1));
      out.message(12, new MessageWriter().text(1, readValue(field.bytes).name).message(2, type));
    } else out.raw(raw);
  }
  return out.finish();
}
