import type { ImportedName } from '../syntax';
import { ClassMachine } from './classes';
import { moduleScope, type ProjectModule } from './machine';
import { held, Pending, type Scope, symbol, Value } from './value';

const MAX_MODULES = 24;
const noSpan = { start: 0, end: 0 };
const MAX_MODULE_DEPTH = 3;
/** Names of libraries that projects also give to modules of their own: there, as in Python, the project's wins. */
const common = new Set(['datasets', 'privacy', 'tf', 'aim', 'dicom', 'deid', 'display', 'evaluate', 'fhir']);

/** Imports, and the other modules of the project that they name. */
export abstract class ModuleMachine extends ClassMachine {
  protected readonly modules = new Map<string, Scope | null>();

  protected readonly dependencies = new Set<string>();

  /** Scopes of modules that assign their exports. */
  private readonly commonJs = new Set<Scope>();

  protected moduleDepth = 0;

  protected import(imported: ImportedName): void {
    const { module, member, local } = imported;
    if (member === '*') {
      const scope = this.projectScope(module);
      if (scope) for (const [name, value] of scope.names) this.bind(name, value);
      else if (this.models.knows(module)) this.scope.module.wildcards.push(this.models.canonical(module));
      return;
    }
    if (local === null) return;
    if (this.isLibrary(module)) {
      this.bind(local, this.meaning(imported, local));
      return;
    }
    const { place, moduleDepth } = this;
    this.bind(
      local,
      new Pending(() => {
        const before = { place: this.place, moduleDepth: this.moduleDepth };
        Object.assign(this, { place, moduleDepth });
        const value = this.meaning(imported, local);
        Object.assign(this, before);
        return value;
      }),
    );
  }

  /** What an imported name is: of a library a symbol, of the project the value that its module gives it. */
  private meaning({ module, member }: ImportedName, local: string): Value {
    if (member === null) {
      const whole = module.split('.', 1)[0] === local && module.includes('.') ? local : module;
      const scope = this.isLibrary(whole) ? null : this.projectScope(module === whole ? whole : module);
      if (scope && whole !== module) return this.nested(module, scope);
      // What a CommonJS module assigns to `module.exports` is the whole of it.
      const whatItIs = scope && this.commonJs.has(scope) ? held(scope.names, 'default') : undefined;
      if (whatItIs) return whatItIs;
      return scope ? this.moduleValue(scope) : symbol(this.models.canonical(whole));
    }
    const library = this.isLibrary(module);
    const scope = library ? null : this.projectScope(module);
    const exported = scope && this.commonJs.has(scope) ? held(scope.names, 'default')?.fields?.get(member) : undefined;
    const found = exported ?? (scope && held(scope.names, member));
    if (found) return found;
    const inner = library ? null : this.projectScope(module.endsWith('.') ? module + member : `${module}.${member}`);
    if (inner) return this.moduleValue(inner);
    if (scope || module.startsWith('.')) return new Value();
    return symbol(this.models.canonical(member === 'default' ? module : `${module}.${member}`));
  }

  /**
   * Whether a module is a library's. A file of the project that has a library's name is meant, as in Python; a package of
   * that name only where projects use the name for themselves, for it may be the library's own source.
   */
  private isLibrary(module: string): boolean {
    if (!this.models.knows(module)) return false;
    const top = module.split('.', 1)[0]!;
    const { locate, module: find } = this.project;
    const from = this.place.path;
    const own = (locate ? locate(from, top) : find?.(from, top)?.path) ?? null;
    return own === null || !(common.has(top) || own.endsWith(`${top}.py`));
  }

  dotted(name: string): Value {
    if (this.isLibrary(name)) return symbol(this.models.canonical(name));
    const parts = name.split('.');
    for (let at = parts.length - 1; at > 0; at--) {
      const scope = this.projectScope(parts.slice(0, at).join('.'));
      if (!scope) continue;
      const [first, ...rest] = parts.slice(at);
      const found = held(scope.names, first!) ?? new Value();
      return rest.reduce((value, part) => this.attribute(value, part, noSpan), found);
    }
    return symbol(this.models.canonical(name));
  }

  protected moduleValue(scope: Scope): Value {
    const value = new Value();
    value.ref = { kind: 'module', scope };
    return value;
  }

  /** `import a.b` binds `a`; `a.b` is then the module. */
  protected nested(module: string, scope: Scope): Value {
    const [, ...rest] = module.split('.');
    let value = this.moduleValue(scope);
    for (const part of rest.reverse()) {
      const outer = moduleScope();
      outer.names.set(part, value);
      value = this.moduleValue(outer);
    }
    return value;
  }

  /** The names of another module of the project: it is run once, silently. */
  protected projectScope(name: string): Scope | null {
    if (!this.project.module || this.moduleDepth >= MAX_MODULE_DEPTH) return null;
    const found = this.project.module(this.place.path, name);
    if (!found) return null;
    this.dependencies.add(found.path);
    const known = this.modules.get(found.path);
    if (known !== undefined) return known;
    if (this.modules.size >= MAX_MODULES) return null;
    return this.runModule(found);
  }

  protected runModule(module: ProjectModule): Scope {
    const scope = moduleScope();
    this.modules.set(module.path, scope);
    if (module.facts.language === 'javascript' && module.text.includes('module.exports')) this.commonJs.add(scope);
    const before = {
      scope: this.scope,
      place: this.place,
      names: this.names,
      loops: this.loops,
      disabled: this.disabled,
      journal: this.journal,
      repeated: this.repeated,
    };
    this.scope = scope;
    this.place = { path: module.path, text: module.text, language: module.facts.language, body: module.facts.body };
    this.names = [];
    this.loops = [];
    this.disabled = null;
    this.journal = null;
    this.repeated = [];
    this.muted++;
    this.moduleDepth++;
    try {
      this.execute(module.facts.body);
    } finally {
      this.moduleDepth--;
      this.muted--;
      Object.assign(this, before);
    }
    return scope;
  }
}
