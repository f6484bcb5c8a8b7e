/** What was read of files, kept until a file's size or time is another; a file is read once, however many ask meanwhile. */
export class ByStamp<T> {
  private readonly known = new Map<string, { readonly stamp: string; readonly value: Promise<T> }>();

  constructor(
    private readonly stampOf: (path: string) => Promise<string | null>,
    private readonly read: (path: string) => Promise<T>,
  ) {}

  /** null where there is no such file. */
  async of(path: string): Promise<T | null> {
    const stamp = await this.stampOf(path);
    if (stamp === null) {
      this.known.delete(path);
      return null;
    }
    const known = this.known.get(path);
    if (known?.stamp === stamp) return known.value;
    const value = this.read(path);
    this.known.set(path, { stamp, value });
    value.catch(() => this.known.delete(path));
    return value;
  }
}
