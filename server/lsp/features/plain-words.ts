/** Names in a file are not ours: nothing of them may become markup. */
export const plain = (text: string): string => text.replace(/\p{Cc}/gu, ' ').replace(/[\\`*_{}[\]<>|]/g, '\\$&');

export const size = (bytes: number): string =>
  bytes < 1e3 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
