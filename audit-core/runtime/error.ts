/** A model that could not be loaded or run; the message is one sentence that names the layer or the input. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}
