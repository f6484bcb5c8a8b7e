/**
 * Names that a pickle may mention without being a hazard: constructors of plain data and of the state of known estimators and
 * layers. They are still only described, never imported. Exact names, and classes (capitalised) of the listed modules.
 */
const exact: ReadonlySet<string> = new Set(
  `
  collections.OrderedDict collections.defaultdict collections.Counter collections.deque
  builtins.set builtins.frozenset builtins.list builtins.dict builtins.tuple builtins.int builtins.float builtins.bool builtins.str builtins.bytes
  builtins.bytearray builtins.complex builtins.slice builtins.range builtins.object builtins.type builtins.NotImplemented builtins.Ellipsis
  __builtin__.set __builtin__.frozenset __builtin__.list __builtin__.dict __builtin__.tuple __builtin__.int __builtin__.float __builtin__.long
  __builtin__.bool __builtin__.str __builtin__.unicode __builtin__.bytearray __builtin__.complex __builtin__.slice __builtin__.object
  __builtin__.xrange __builtin__.bytes
  copyreg._reconstructor copy_reg._reconstructor copyreg.__newobj__ _codecs.encode
  datetime.datetime datetime.date datetime.time datetime.timedelta datetime.timezone decimal.Decimal fractions.Fraction uuid.UUID
  argparse.Namespace types.SimpleNamespace pathlib.PosixPath pathlib.WindowsPath pathlib.PurePosixPath pathlib.PureWindowsPath pathlib.Path
  pathlib._local.PosixPath pathlib._local.WindowsPath functools.partial enum.Enum
  numpy.dtype numpy.ndarray numpy.core.multiarray._reconstruct numpy._core.multiarray._reconstruct numpy.core.multiarray.scalar
  numpy._core.multiarray.scalar numpy.core.numeric._frombuffer numpy._core.numeric._frombuffer numpy.ma.core._mareconstruct
  numpy.ma.core.MaskedArray numpy.random._pickle.__randomstate_ctor numpy.random._pickle.__generator_ctor
  numpy.random._pickle.__bit_generator_ctor numpy.random._mt19937.MT19937 numpy.random._pcg64.PCG64 numpy.random._philox.Philox
  numpy.random._sfc64.SFC64 numpy.random.bit_generator.SeedSequence numpy.random._generator.Generator numpy.random.mtrand.RandomState
  numpy.float64 numpy.float32 numpy.float16 numpy.int64 numpy.int32 numpy.int16 numpy.int8 numpy.uint8 numpy.uint16 numpy.uint32 numpy.uint64
  numpy.bool_ numpy.bool numpy.str_ numpy.bytes_ numpy.object_ numpy.longlong numpy.matrix numpy.recarray numpy.record numpy.void
  numpy.datetime64 numpy.timedelta64 numpy.random.bit_generator.ISeedSequence numpy.random.bit_generator.__pyx_unpickle_SeedSequence numpy.nan
  joblib.numpy_pickle.NumpyArrayWrapper joblib.numpy_pickle_compat.NDArrayWrapper joblib.numpy_pickle.NDArrayWrapper
  sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper
  scipy.sparse._csr.csr_matrix scipy.sparse.csr.csr_matrix scipy.sparse._csc.csc_matrix scipy.sparse.csc.csc_matrix scipy.sparse._csr.csr_array
  scipy.sparse._coo.coo_matrix scipy.sparse._csc.csc_array
  torch.Size torch.device torch.Tensor torch.dtype torch.layout torch.strided torch.Generator torch.nn.parameter.Parameter torch.nn.parameter.Buffer
  torch.serialization._get_layout torch.storage.TypedStorage torch.storage.UntypedStorage torch.storage._TypedStorage
  torch._utils._rebuild_tensor torch._utils._rebuild_tensor_v2 torch._utils._rebuild_tensor_v3 torch._utils._rebuild_parameter
  torch._utils._rebuild_parameter_with_state torch._utils._rebuild_qtensor torch._utils._rebuild_sparse_tensor
  torch._utils._rebuild_meta_tensor_no_storage torch._utils._rebuild_device_tensor_from_numpy torch._utils._rebuild_nested_tensor
  torch._utils._rebuild_sparse_csr_tensor torch._utils._rebuild_wrapper_subclass torch._tensor._rebuild_from_type_v2
  torch.per_tensor_affine torch.per_channel_affine torch.per_tensor_symmetric torch.per_channel_symmetric
  torch.nn.modules.container.Sequential torch.backends.cudnn.rnn.Unserializable torch._C._nn.gelu
  torch.distributed.checkpoint.metadata._MEM_FORMAT_ENCODING
  pandas._libs.internals._unpickle_block pandas._libs.arrays.__pyx_unpickle_NDArrayBacked pandas.core.indexes.base._new_Index
  pandas.core.internals.blocks.new_block pandas._libs.tslibs.timestamps._unpickle_timestamp pandas._libs.tslibs.offsets.__pyx_unpickle_Tick
  sklearn._loss._loss.__pyx_unpickle_CyHalfBinomialLoss sklearn.neighbors._kd_tree.newObj sklearn.neighbors._ball_tree.newObj
  sklearn.neighbors.kd_tree.newObj sklearn.neighbors.ball_tree.newObj sklearn.metrics._dist_metrics.newObj sklearn.neighbors._dist_metrics.newObj
  numpy.ma.MaskedArray numpy.core._ufunc_reconstruct numpy._core._ufunc_reconstruct
  numpy.log numpy.log1p numpy.log2 numpy.log10 numpy.exp numpy.expm1 numpy.sqrt numpy.cbrt numpy.square numpy.absolute numpy.sign numpy.sin
  numpy.cos numpy.tan numpy.tanh numpy.sinh numpy.arctan numpy.arcsinh numpy.negative numpy.reciprocal numpy.floor numpy.ceil
  sklearn.utils.validation.check_array sklearn.compose._column_transformer.make_column_selector
  sklearn.feature_selection._univariate_selection.f_classif sklearn.feature_selection._univariate_selection.f_regression
  sklearn.feature_selection._univariate_selection.chi2 sklearn.feature_selection._univariate_selection.f_oneway
  sklearn.feature_selection._univariate_selection.r_regression sklearn.feature_selection._mutual_info.mutual_info_classif
  sklearn.feature_selection._mutual_info.mutual_info_regression
  numpy.mean numpy.median numpy.sum numpy.max numpy.min numpy.amax numpy.amin numpy.std numpy.var numpy.clip numpy.nan_to_num numpy.round
  scipy.interpolate._bsplines.BSpline scipy._lib.array_api_compat.numpy._aliases.asarray
  sklearn.preprocessing._function_transformer._identity sklearn.linear_model._sgd_fast.__reduce_cython__
  `
    .trim()
    .split(/\s+/),
);

/** Packages whose capitalised names are classes of estimators, layers, optimisers or frames: their state is data. */
const classes: readonly RegExp[] = [
  /^sklearn\.(?!externals|utils\._testing|utils\.fixes)[a-z_.0-9]+\.[A-Z_]\w*$/,
  /^sklearn\.[a-z_.0-9]+\.__pyx_unpickle_\w+$/,
  /^sklearn\._loss\.(?:_loss|link|loss)\.\w+$/,
  // Scores that a search was given: figures of arrays, named inside scorers.
  /^sklearn\.metrics\.(?:_classification|_ranking|_regression|cluster\._(?:un)?supervised)\.[a-z]\w*$/,
  /^torch\.nn\.modules\.[a-z_.]+\.[A-Z]\w*$/,
  /^torch\.ao\.nn\.[a-z_.]+\.[A-Z]\w*$/,
  /^torch\.optim\.[a-z_]+\.[A-Z]\w*$/,
  /^torch\.(?:BFloat16|Bool|Byte|Char|Short|Int|Long|Half|Float|Double|ComplexFloat|ComplexDouble|QInt8|QUInt8|QInt32|QUInt4x2|QUInt2x4|Untyped)Storage$/,
  /^torch\.(?:cuda\.)?\w+Storage$/,
  /^torch\.(?:float|double|half|bfloat|int|long|short|uint|bool|complex|cfloat|cdouble|q?u?int)\d*(?:_e\dm\d\w*)?$/,
  /^torch\.(?:preserve|contiguous|channels)_\w+$/,
  /^torch\.distributed\.checkpoint\.metadata\.[A-Z]\w*$/,
  /^torchvision\.models\.[a-z_0-9.]+\.[A-Z]\w*$/,
  /^pandas\.(?:core|_libs|arrays)\.[a-z_.0-9]*\.?[A-Z]\w*$/,
  /^xgboost\.(?:core|sklearn)\.[A-Z]\w*$/,
  /^lightgbm\.(?:basic|sklearn)\.[A-Z]\w*$/,
  /^catboost\.core\.[A-Z]\w*$/,
  /^(?:pytorch_)?lightning(?:_fabric)?\.(?:pytorch\.|fabric\.)?[a-z_.]+\.[A-Z]\w*$/,
  /^omegaconf\.[a-z_]+\.[A-Z]\w*$/,
  /^numpy\.dtypes\.[A-Z]\w*$/,
];

/** Classes of the listed packages that run something of their arguments when built. */
const refused = /\.Unserializable|Pipe(?:Process)?$|ScriptModule|CppExtension|Popen/;

/** True when a name is known to stand for plain data. */
export function isKnownGlobal(module: string, name: string): boolean {
  const full = `${module}.${name}`;
  if (full.length > 200 || name.includes('.') === true) return exact.has(full);
  return exact.has(full) || (!refused.test(full) && classes.some(pattern => pattern.test(full)));
}

/** Modules whose functions run commands, code or open files: named plainly in the message. */
const dangerous =
  /^(?:os|posix|nt|subprocess|sys|builtins|__builtin__|runpy|importlib|pty|socket|shutil|commands|ctypes|cffi|code|codeop|pdb|pickle|_pickle|marshal|types|webbrowser|requests|urllib|http|asyncio|multiprocessing|threading|signal|tempfile|platform|pip|setuptools|timeit|trace|bdb|cProfile|profile|nose|pydoc|operator|functools|inspect|gc|linecache|imp|zipimport)(?:\.|$)/;

/** One sentence on a name that is not known. */
export function describeGlobal(module: string, name: string, position: number): string {
  const full = printable(`${module}.${name}`);
  return dangerous.test(module)
    ? `Loading the file would call or import ${full} (byte ${position}): it can run commands. Do not load it; ask where it comes from.`
    : `Loading the file would import ${full} (byte ${position}), which is not known to be plain data. Load it only if you trust its author.`;
}

const printable = (text: string): string => text.slice(0, 120).replace(/[^\x20-\x7e]/g, '?');
