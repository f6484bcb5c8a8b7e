/**
 * Libraries that never draw from a global random generator by themselves: calling them leaves the streams of numpy, Python and torch where they
 * are. What a helper of the project, or a library that is not here, may draw is not known.
 */
const roots =
  /^(?:os|sys|re|json|csv|math|time|datetime|logging|warnings|pathlib|argparse|collections|itertools|functools|glob|shutil|pickle|joblib|io|copy|typing|enum|dataclasses|gc|platform|subprocess|hashlib|string|textwrap|operator|contextlib|traceback|inspect|zipfile|tarfile|gzip|yaml|toml|tomllib|tqdm|pandas|polars|pyarrow|numpy|scipy|matplotlib|seaborn|plotly|PIL|cv2|skimage|imageio|pydicom|nibabel|wfdb|SimpleITK|h5py|openpyxl|wandb|mlflow|tensorboard|tensorboardX|neptune|comet_ml|rich|loguru|click|typer|absl|fire|dotenv|psutil|requests|skops|skl2onnx|onnx|onnxruntime|opacus|torchmetrics|safetensors|google|requests|builtins)(?:\.|$)/;

/** Calls of these libraries that do draw, or may. */
const drawing =
  /^(?:numpy\.random\.|random\.|torch\.(?:rand|normal|bernoulli|multinomial|empty|nn\.|distributions)|scipy\.stats\..*rvs|torchvision\.(?:models|transforms\.Random)|.*\.rvs$)/;

const torchQuiet =
  /^(?:torch|torchvision|keras|tensorflow|tf|xgboost|lightgbm|catboost|sklearn|transformers|datasets|timm|monai|torch_geometric|lightning|pytorch_lightning|imblearn|shap)(?:\.|$)/;

const builtins = new Set(
  'abs all any bool bytes callable chr dict dir divmod enumerate filter float format frozenset getattr hasattr hash help hex id input int isinstance issubclass iter len list locals map max min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip classmethod breakpoint exit quit globals display delattr'.split(
    ' ',
  ),
);

/** True when a call by this qualified name leaves all global streams as they are; draws that are followed are judged where they are followed. */
export function isQuiet(path: string): boolean {
  if (builtins.has(path) || /^[A-Z]\w*(?:Error|Exception|Warning)$/.test(path)) return true;
  return roots.test(path) || torchQuiet.test(path) || drawing.test(path);
}

/** Libraries that look at tables and write nothing into them. */
const viewers =
  /^(?:missingno|altair|bokeh|IPython|tabulate|prettytable|statsmodels|nltk|wordcloud|ydata_profiling|pandas_profiling|sweetviz|autoviz|dtale|ppscore|yellowbrick|scikitplot|eli5|optuna|mlxtend|pingouin|lifelines|squarify|joypy|hvplot|category_encoders|boruta|evidently|deepchecks|pandera|great_expectations|fairlearn|aif360|umap|hdbscan|featuretools|tsfresh|cufflinks|chart_studio)(?:\.|$)/;

/** True where a call by this qualified name leaves the tables that it is given as they are. What a helper that is not here does is not known. */
export const changesNothing = (path: string): boolean =>
  (isQuiet(path) || viewers.test(path)) && !/^numpy\.(?:put|place|copyto|putmask|fill_diagonal)$/.test(path);
