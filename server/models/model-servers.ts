import type { CallModel, ClassModel, LibraryModel } from './schema';

const decorates = (framework: string): CallModel => ({ flow: 'none', events: [{ kind: 'serve', framework }] });
const answers = (framework: string, ...methods: string[]): ClassModel => ({ answers: { framework, methods } });
const torchServe = answers('torchserve', 'handle', 'postprocess', 'inference');
const bentoSaves: CallModel = {
  parameters: ['name', 'model'],
  flow: 'none',
  events: [{ kind: 'save', format: 'bentoml', value: 'model|pipeline', target: 'name' }],
};
const bentoFlavours =
  'sklearn pytorch pytorch_lightning torchscript keras tensorflow xgboost lightgbm catboost transformers diffusers fastai flax onnx picklable_model'.split(
    ' ',
  );
const handlers =
  'image_classifier.ImageClassifier base_handler.BaseHandler vision_handler.VisionHandler text_classifier.TextClassifier text_handler.TextHandler'.split(
    ' ',
  );

/** BentoML, TorchServe, Triton and PyTriton, Ray Serve, KServe, LitServe, MLflow's models: what their methods return goes to whoever asks. */
export const modelServers: LibraryModel = {
  library: 'model servers',
  modules: [
    'bentoml',
    'ts',
    'pytriton',
    'triton_python_backend_utils',
    'TritonPythonModel',
    'ray',
    'kserve',
    'litserve',
    'seldon_core',
    'mlserver',
    'sagemaker_inference',
  ],
  classes: {
    ...Object.fromEntries(handlers.map(name => [`ts.torch_handler.${name}`, torchServe])),
    // Triton loads a class of exactly this name, with no base.
    TritonPythonModel: answers('triton', 'execute'),
    'kserve.Model': answers('kserve', 'predict', 'postprocess'),
    'litserve.LitAPI': answers('litserve', 'predict', 'encode_response'),
    'mlserver.MLModel': answers('mlserver', 'predict'),
    'pytriton.triton.Triton': {},
    'bentoml.Service': { roles: ['application'] },
  },
  calls: {
    'bentoml.api': decorates('bentoml'),
    'bentoml.Service.api': decorates('bentoml'),
    'bentoml.task': decorates('bentoml'),
    ...Object.fromEntries(bentoFlavours.map(name => [`bentoml.${name}.save_model`, bentoSaves])),
    'pytriton.triton.Triton.bind': {
      parameters: ['model_name', 'infer_func'],
      flow: 'none',
      events: [{ kind: 'serve', framework: 'triton', handler: 'infer_func' }],
    },
    'pytriton.triton.Triton.__enter__': { returns: 'receiver' },
    'pytriton.decorators.batch': { parameters: ['wrapped'], returns: 'wrapped' },
    'ray.serve.deployment': decorates('ray serve'),
    'ray.serve.ingress': { flow: 'none' },
    'triton_python_backend_utils.Tensor': { parameters: ['name', 'value'], flow: 'same', from: ['value'] },
    'triton_python_backend_utils.InferenceResponse': { flow: 'same' },
  },
};
