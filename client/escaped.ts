/** Text as HTML: what comes from a file or a script is never markup; control characters are dropped. */
export const escaped = (text: string): string =>
  text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`);
