/** A command that starts a Python program: the script's path or the module's name as written, and the words after it. */
export interface Started {
  readonly script: string;
  readonly options: ReadonlyMap<string, readonly string[] | null>;
}

const interpreter = /^(?:.*\/)?(?:python[\d.]*|torchrun|accelerate|deepspeed|srun|ipython)$/;
const ends = new Set(['|', '||', '&', '&&', ';', '>', '>>', '<', '2>', '2>&1', '&>', 'done', 'fi', '`', ')']);
const mostCommands = 50;

/**
 * The Python programs that a text starts. Shell variables that the text itself sets are put in, defaults of `${1:-8}` too; what only
 * the caller of the shell script knows is null. A list that a `for` loop walks, or a variable that is set twice, is not followed.
 */
export function startedIn(text: string): Started[] {
  const found: Started[] = [];
  const variables = new Map<string, string | null>();
  for (const line of logicalLines(text)) {
    const assigned = /^\s*(?:export\s+|local\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (assigned && !/\bpython|\.py\b/.test(line)) {
      const [, name, rest] = assigned;
      const value = filledIn(wordsOf(rest!)[0] ?? '', variables);
      variables.set(name!, variables.has(name!) && variables.get(name!) !== value ? null : value);
      continue;
    }
    const loop = /\bfor\s+([A-Za-z_]\w*)\s+in\b/.exec(line);
    if (loop) variables.set(loop[1]!, null);
    const command = commandOf(wordsOf(line), variables);
    if (command && found.length < mostCommands) found.push(command);
  }
  return found;
}

/** Lines with their continuations; without comments, prompts and the keys that YAML puts before a command. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line => line.replace(/^\s*(?:[$>%!]\s+|-\s+|!|(?:command|run|args|entrypoint):\s*[>|"']?-?\s*)+/, ''))
    .filter(line => !/^\s*#/.test(line));
}

/** Words as a shell parts them, each with the quotes that it had around it gone; `'$x'` keeps no variable. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, double, single, plain] of line.matchAll(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:\$\{[^}]*\}|=["'][^"']*["']|[^\s"'`;|&<>()])+|[`;|&<>()])/g,
  )) {
    const word = double ?? single?.replaceAll('$', '\0') ?? plain!.replace(/=["']([^"']*)["']$/, '=$1');
    if (word.startsWith('#') && plain !== undefined) break;
    words.push(word);
  }
  return words;
}

function commandOf(words: readonly string[], variables: ReadonlyMap<string, string | null>): Started | null {
  const start = words.findIndex(word => interpreter.test(word) || word.endsWith('.py'));
  if (start === -1) return null;
  for (let at = start; at < words.length; at++) {
    const word = words[at]!;
    if (ends.has(word) && at > start) return commandOf(words.slice(at + 1), variables);
    const module = word === '-m' && /^python/.test(words[start]!.split('/').at(-1)!) ? words[at + 1] : undefined;
    // `python -m torch.distributed.run … script.py` starts the script.
    const launcher = module !== undefined && /^(?:torch\.distributed|accelerate|deepspeed|pip\b)/.test(module);
    if (module !== undefined && !launcher)
      return { script: module, options: optionsOf(words.slice(at + 2), variables) };
    if (word.endsWith('.py')) return { script: word, options: optionsOf(words.slice(at + 1), variables) };
  }
  return null;
}

function optionsOf(
  words: readonly string[],
  variables: ReadonlyMap<string, string | null>,
): Map<string, readonly string[] | null> {
  const options = new Map<string, readonly string[] | null>();
  let open: string | null = null;
  for (const word of words) {
    if (ends.has(word)) break;
    const option: RegExpExecArray | null = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
    if (option) {
      open = option[1]!.replaceAll('-', '_');
      const value = option[2] === undefined ? undefined : filledIn(option[2], variables);
      options.set(open, value === undefined ? [] : value === null ? null : [value]);
      continue;
    }
    if (open === null) continue;
    const before = options.get(open);
    const value = filledIn(word, variables);
    options.set(open, value === null || before === null ? null : [...before!, value]);
  }
  return options;
}

/** A word with its variables put in; null where one of them is not known here, or a command makes it. */
function filledIn(word: string, variables: ReadonlyMap<string, string | null>): string | null {
  let known = true;
  const value = word.replace(
    /\$\{(\w+)(?::?-"?([^}"]*)"?)?\}|\$(\w+)|\$\(|`/g,
    (_, braced?: string, fallback?: string, bare?: string) => {
      const held = variables.get(braced ?? bare ?? '');
      if (typeof held === 'string') return held;
      if (fallback !== undefined && held === undefined) return fallback;
      known = false;
      return '';
    },
  );
  return known ? value.replaceAll('\0', '$') : null;
}
