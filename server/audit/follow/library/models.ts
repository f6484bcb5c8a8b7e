import { isOperation, operation } from '../../../../audit-core/datasets/recipe';
import type { CallSite, Follower } from '../follower';
import {
  type Instance,
  instance,
  isNone,
  itemsOf,
  known,
  literalIn,
  type Meaning,
  numberIn,
  termOf,
  text,
  textOf,
  tuple,
  unknown,
} from '../symbols';
import { withoutValidation } from './keras';
import { dataset } from './torch';

/** Estimators whose fit never draws from numpy's global stream. */
const settled =
  /(?:LinearRegression|Ridge|RidgeCV|LogisticRegression|LogisticRegressionCV|GaussianNB|BernoulliNB|MultinomialNB|KNeighbors\w+|LinearDiscriminantAnalysis|QuadraticDiscriminantAnalysis|NearestCentroid|Lasso|ElasticNet|SVR|SVC)$/;

/** Notes that a model was saved to a file. A scaler or a list of columns is no model. */
function saved(at: Follower, file: Meaning | undefined, model: Meaning | undefined): void {
  const path = textOf(file) ?? (file?.kind === 'instance' && file.type === 'open-file' ? textOf(file.items[0]) : null);
  if (path === null) return;
  const parts =
    model?.kind === 'instance' && model.type === 'dict'
      ? [...model.named.values()]
      : model?.kind === 'tuple'
        ? model.items
        : [model];
  const held = parts.find(part => part && isModel(part)) ?? null;
  if (model && !held && parts.every(part => part !== undefined && isPlain(part))) return;
  at.followed.saved.push({ path, model: held });
}

const isPlain = (of: Meaning): boolean =>
  of.kind === 'term' ||
  (of.kind === 'instance' &&
    (of.type === 'dict'
      ? [...of.named.values()].every(isPlain)
      : /^sklearn\.(?:preprocessing|impute|feature_selection|decomposition)\./.test(of.type) ||
        of.type === 'sklearn.compose.ColumnTransformer'));

const isModel = (of: Meaning): boolean =>
  of.kind === 'instance' &&
  (of.definition !== null ||
    /^(?:sklearn|xgboost|lightgbm|catboost|torch|torchvision|keras|tensorflow|model|imblearn|timm|transformers)/.test(
      of.type,
    )) &&
  !isPlain(of);

/** The instance behind a state dict, a compiled or wrapped model. */
const unwrapped = (of: Meaning | undefined): Meaning | undefined =>
  of?.kind === 'instance' && of.type === 'state' ? (of.items[0] ?? of) : of;

/** Saves, boosting's own training, and constructors of models; null for others. */
export function callModel(path: string, site: CallSite): Meaning | null {
  const { at, args, named } = site;
  const [a, b, c] = args;
  switch (path) {
    case 'joblib.dump':
    case 'sklearn.externals.joblib.dump':
    case 'pickle.dump':
    case 'cloudpickle.dump':
    case 'dill.dump':
    case 'torch.save':
    case 'skops.io.dump':
    case 'torch.jit.save':
    case 'torch.export.save':
    case 'safetensors.torch.save_file':
    case 'safetensors.torch.save_model':
    case 'tensorflow.saved_model.save':
    case 'keras.saving.save_model':
    case 'keras.models.save_model':
    case 'tensorflow.keras.models.save_model': {
      const object = a ?? named.get('obj') ?? named.get('value');
      const held =
        object?.kind === 'instance' && object.type === 'dict'
          ? instance('dict', new Map([...object.named].map(([key, value]) => [key, unwrapped(value) ?? value])))
          : unwrapped(object);
      saved(at, b ?? named.get('f') ?? named.get('filename') ?? named.get('file'), held);
      return text(null);
    }
    case 'torch.onnx.export':
      saved(at, c ?? named.get('f'), a);
      return unknown;
    case 'torch.jit.script':
    case 'torch.jit.trace':
    case 'torch.compile':
    case 'torch.export.export':
    case 'torch.nn.DataParallel':
    case 'torch.nn.parallel.DistributedDataParallel':
    case 'opacus.validators.ModuleValidator.fix':
    case 'opacus.GradSampleModule':
    case 'opacus.grad_sample.GradSampleModule':
      return a ?? unknown;
    case 'skl2onnx.convert_sklearn':
    case 'skl2onnx.to_onnx':
    case 'onnxmltools.convert_xgboost':
    case 'onnxmltools.convert_lightgbm':
    case 'tf2onnx.convert.from_keras':
      return instance('onnx-model', new Map(), a ? [a] : []);
    case 'onnx.save':
    case 'onnx.save_model':
      saved(at, b ?? named.get('f'), a?.kind === 'instance' ? a.items[0] : a);
      return text(null);
    case 'xgboost.DMatrix':
    case 'xgboost.QuantileDMatrix':
    case 'lightgbm.Dataset':
    case 'catboost.Pool': {
      const label = b ?? named.get('label');
      return instance(
        'boosting-data',
        new Map(),
        label ? [a ?? named.get('data') ?? unknown, label] : [a ?? named.get('data') ?? unknown],
      );
    }
    case 'xgboost.train':
    case 'lightgbm.train': {
      const data = b ?? named.get('dtrain') ?? named.get('train_set');
      const model = instance(path.replace('.train', '.Booster'));
      if (data?.kind === 'instance') at.trained(termOf(data.items[0]), termOf(data.items[1]), model, data.items[0]);
      const watched = named.get('evals') ?? named.get('valid_sets');
      for (const each of watched ? (itemsOf(watched) ?? []) : []) {
        const set = each.kind === 'tuple' ? each.items[0] : each;
        if (set?.kind === 'instance' && set !== data) evaluated(at, set.items[0], set.items[1], model);
      }
      return model;
    }
    case 'opacus.PrivacyEngine':
      return instance(path);
    case 'sklearn.base.clone':
      return a?.kind === 'instance' ? instance(a.type, new Map(a.named), a.items) : unknown;
    default:
  }
  if (/^(?:sklearn|xgboost|lightgbm|catboost|imblearn)\.(?:[\w.]*\.)?[A-Z]\w*$/.test(path))
    return instance(path, new Map(named), args);
  if (/^(?:keras|tensorflow\.keras|tf\.keras)\.(?:[\w.]*\.)?(?:Sequential|Model)$/.test(path))
    return instance('keras.Model', new Map(named), args);
  if (/^(?:keras|tensorflow|tf)\b.*\.load_model$/.test(path)) return instance('keras.Model');
  if (/^(?:keras|tensorflow|tf)\b.*ModelCheckpoint$/.test(path)) {
    saved(at, a ?? named.get('filepath'), instance('keras.Model'));
    return unknown;
  }
  if (
    /^torch\.nn\.(?:Sequential|[A-Z]\w*)$/.test(path) ||
    /^torchvision\.models\.\w+/.test(path) ||
    /^timm\.create_model$/.test(path) ||
    /\.from_pretrained$/.test(path)
  ) {
    at.globals.torch.state = null;
    return instance(/Loss$/.test(path) ? 'torch-loss' : path);
  }
  if (/^torch\.nn\.functional\.\w+$/.test(path)) return at.asked(null, site) ?? unknown;
  if (/^torch\.optim\./.test(path)) return instance('torch.optim');
  if (/(?:^|\.)Trainer$/.test(path)) return instance('trainer', new Map(named), args);
  return null;
}

function evaluated(at: Follower, x: Meaning | undefined, y: Meaning | undefined, model: Meaning | null): void {
  const features = termOf(x);
  if (features) at.followed.evaluated.push({ features, label: termOf(y), model });
}

/** The arrays that a call to fit is given: positional, named, or a data set of both. */
function arraysOf(at: Follower, { args, named }: CallSite): { x: Meaning | undefined; y: Meaning | undefined } {
  const first = args[0] ?? named.get('X') ?? named.get('x') ?? named.get('train_dataloaders') ?? named.get('data');
  const second = args[1] ?? named.get('y');
  if (first?.kind === 'instance' && first.type !== 'dict') {
    const set = dataset(at, first);
    if (set) return { x: set.items[0], y: set.items[1] ?? second };
  }
  return { x: first, y: second };
}

/** Training, asking and saving by methods; null for instances that are no models. */
export function callModelInstance(self: Instance, method: string, site: CallSite): Meaning | null {
  const { at, args, named } = site;
  if (self.type === 'ArgumentParser' || self.type === 'argparse.ArgumentParser') return parser(self, method, site);
  if (self.type === 'open-file') return file(self, method, site);
  if (self.type === 'dict') return mapping(self, method, site);
  if (self.type === 'identity') return null;
  if (self.type === 'partial' && method === '__call__') {
    const callee = self.named.get('partial:callee') ?? unknown;
    return at.callValue(callee, {
      ...site,
      args: [...self.items, ...args],
      named: new Map([...self.named, ...named].filter(([key]) => key !== 'partial:callee')),
    });
  }
  if (self.type === 'trainer') return trainer(self, method, site);
  switch (method) {
    case 'fit':
    case 'partial_fit':
    case 'fit_predict':
    case 'train_on_batch':
    case 'fit_generator':
      return fitted(self, site);
    case 'fit_transform':
      return unknown;
    case 'predict':
    case 'predict_proba':
    case 'decision_function':
    case 'predict_on_batch':
    case 'evaluate':
    case 'score': {
      const { x, y } = arraysOf(at, site);
      evaluated(at, x, y, self);
      return unknown;
    }
    case '__call__':
    case 'forward':
      if (self.type === 'torch.optim') return unknown;
      return at.asked(self, site) ?? unknown;
    case 'state_dict':
    case 'get_booster':
    case 'module':
    case 'best_estimator_':
      return instance('state', new Map(), [self]);
    case 'save':
    case 'save_model':
    case 'save_weights':
    case 'save_pretrained':
    case 'export':
    case 'dump_model':
    case 'save_checkpoint':
      saved(at, args[0] ?? named.get('filepath') ?? named.get('fname'), unwrapped(self));
      return text(null);
    case 'SerializeToString':
      return instance('onnx-bytes', new Map(), self.items);
    case 'to':
    case 'cuda':
    case 'cpu':
    case 'eval':
    case 'train':
    case 'double':
    case 'float':
    case 'half':
    case 'requires_grad_':
    case 'set_params':
      return self;
    case 'append':
    case 'extend':
    case 'update':
      return text(null);
    default:
  }
  if (/^make_private/.test(method)) return privatised(at, site);
  return null;
}

function fitted(self: Instance, site: CallSite): Meaning {
  const { at, named } = site;
  const { x, y } = arraysOf(at, site);
  const [features, label] = [termOf(x), termOf(y)];
  const share = numberIn(named.get('validation_split'));
  if (features && share !== null && share > 0 && !/^(?:sklearn|xgboost|lightgbm|catboost)/.test(self.type)) {
    const [xs, ys] = [withoutValidation(features, share), label && withoutValidation(label, share)];
    at.trained(xs.train, ys?.train ?? null, self);
    at.followed.evaluated.push({ features: xs.validation, label: ys?.validation ?? null, model: self });
  } else at.trained(features, label, self, x);
  const held = named.get('validation_data') ?? named.get('eval_set');
  for (const pair of held ? pairs(held) : []) evaluated(at, pair[0], pair[1], self);
  if (!settled.test(self.type)) {
    // Estimators without a seed of their own draw from numpy's global stream.
    const own = self.named.get('random_state');
    if (isNone(own)) at.globals.numpy.state = null;
    if (!/^sklearn/.test(self.type)) for (const generator of Object.values(at.globals)) generator.state = null;
  }
  return self;
}

function pairs(of: Meaning): (readonly [Meaning | undefined, Meaning | undefined])[] {
  if (of.kind === 'instance') return [[of.items[0], of.items[1]]];
  const items = itemsOf(of) ?? [];
  if (items.length === 2 && items.every(item => item.kind === 'term' && isOperation(item.term)))
    return [[items[0], items[1]]];
  return items.map(item => {
    const pair = itemsOf(item) ?? [];
    return [pair[0], pair[1]] as const;
  });
}

/** Lightning's and Hugging Face's trainers. */
function trainer(self: Instance, method: string, site: CallSite): Meaning {
  const { at, args, named } = site;
  const note = (of: Meaning | undefined, model: Meaning | null, isTraining: boolean): void => {
    const set = dataset(at, of);
    const [x, y] = set?.items ?? [];
    if (isTraining) at.trained(termOf(x), termOf(y), model, x);
    else evaluated(at, x, y, model);
  };
  if (method === 'fit') {
    const model = args[0] ?? named.get('model') ?? null;
    note(args[1] ?? named.get('train_dataloaders') ?? named.get('train_dataloader'), model, true);
    const held = args[2] ?? named.get('val_dataloaders');
    if (held) note(held, model, false);
    self.named.set('model', model ?? unknown);
  } else if (method === 'train') {
    note(self.named.get('train_dataset'), self.named.get('model') ?? null, true);
    if (self.named.has('eval_dataset')) note(self.named.get('eval_dataset'), self.named.get('model') ?? null, false);
  } else if (method === 'test' || method === 'predict' || method === 'validate')
    note(args[1] ?? named.get('dataloaders'), args[0] ?? null, false);
  else if (/^save/.test(method)) saved(at, args[0], self.named.get('model'));
  return text(null);
}

function privatised(at: Follower, { args, named }: CallSite): Meaning {
  const value = literalIn(named.get('target_epsilon'));
  const delta = literalIn(named.get('target_delta'));
  if (typeof value === 'number')
    at.followed.claims.push({
      value,
      delta: typeof delta === 'number' ? delta : null,
      unit: 'record',
      origin: 'target_epsilon',
    });
  const model = named.get('module') ?? args[0] ?? unknown;
  return tuple([model, unknown, named.get('data_loader') ?? args[2] ?? unknown]);
}

function parser(self: Instance, method: string, { args, named }: CallSite): Meaning {
  if (method === 'add_argument') {
    const flag = args.map(textOf).find(word => word?.startsWith('--')) ?? textOf(args[0]);
    const name = textOf(named.get('dest')) ?? flag?.replace(/^-+/, '').replace(/-/g, '_');
    const action = textOf(named.get('action'));
    const otherwise = action === 'store_true' ? text(false) : action === 'store_false' ? text(true) : text(null);
    if (name) self.named.set(name, named.get('default') ?? otherwise);
    return unknown;
  }
  if (method === 'parse_args') return instance('namespace', self.named);
  if (method === 'parse_known_args') return tuple([instance('namespace', self.named), unknown]);
  if (method === 'add_argument_group' || method === 'add_mutually_exclusive_group') return self;
  if (method === 'set_defaults') for (const [name, value] of named) self.named.set(name, value);
  return unknown;
}

function file(self: Instance, method: string, { at, args }: CallSite): Meaning {
  if (method === 'write') {
    const [what] = args;
    const model = what?.kind === 'instance' && /^onnx-/.test(what.type) ? what.items[0] : undefined;
    const path = textOf(self.items[0]);
    if (model && path !== null) at.followed.saved.push({ path, model });
    return text(null);
  }
  const name = termOf(self.items[0]);
  if (method === 'read') return instance('file-text', new Map(), self.items);
  if (method === 'readlines' && name) return known(operation('list-file', [name]));
  return unknown;
}

function mapping(self: Instance, method: string, { args, named }: CallSite): Meaning {
  if (method === 'items') return tuple([...self.named].map(([key, value]) => tuple([text(key), value])));
  if (method === 'keys') return tuple([...self.named.keys()].map(text));
  if (method === 'values') return tuple([...self.named.values()]);
  if (method === 'get' || method === 'pop') return self.named.get(String(literalIn(args[0]))) ?? args[1] ?? text(null);
  if (method === 'update') {
    if (args[0]?.kind === 'instance') for (const [key, value] of args[0].named) self.named.set(key, value);
    for (const [key, value] of named) self.named.set(key, value);
    return text(null);
  }
  if (method === 'copy') return instance('dict', new Map(self.named), self.items);
  return unknown;
}
