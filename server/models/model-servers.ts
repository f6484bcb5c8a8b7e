import type { CallModel, ClassModel, LibraryModel } from './schema';

const decorates = (framework: string): CallModel => ({ flow: 'none', events: [{ kind: 'serve', framework }] });
const answers = (framework: string, ...methods: string[]): ClassModel => ({ answers: { framework, methods } });
const torchServe = answers('torchserve', 'handle', 'postprocess', 'inference');
const handlers =
  'image_classifier.ImageClassifier base_handler.BaseHandler vision_handler.VisionHandler text_classifier.TextClassifier text_handler.TextHandler'.split(
    ' ',
  );

/** BentoML, TorchServe, Triton, Ray Serve, KServe, LitServe, MLflow's models: what their methods return goes to whoever asks. */
export const modelServers: LibraryModel = {
  library: 'model servers',
  modules: [
    'bentoml',
    'ts',
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
    'bentoml.Service': { roles: ['application'] },
  },
  calls: {
    'bentoml.api': decorates('bentoml'),
    'bentoml.Service.api': decorates('bentoml'),
    'bentoml.sklearn.save_model': {
      parameters: ['name', 'model'],
      flow: 'none',
      events: [{ kind: 'save', format: 'bentoml', value: 'model', target: 'name' }],
    },
    'bentoml.pytorch.save_model': {
      parameters: ['name', 'model'],
      flow: 'none',
      events: [{ kind: 'save', format: 'bentoml', value: 'model', target: 'name' }],
    },
    'ray.serve.deployment': decorates('ray serve'),
    'ray.serve.ingress': { flow: 'none' },
    'triton_python_backend_utils.Tensor': { parameters: ['name', 'value'], flow: 'same', from: ['value'] },
    'triton_python_backend_utils.InferenceResponse': { flow: 'same' },
  },
};
