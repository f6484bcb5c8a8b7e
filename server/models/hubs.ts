import type { CallModel, LibraryModel } from './schema';

const upload = (parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'send', to: 'hub', what: 'unknown', values: [value] }],
  variants: [
    {
      when: { argument: 'repo_type', equals: ['dataset'] },
      events: [{ kind: 'send', to: 'hub', what: 'data-set', values: [value] }],
    },
    { when: { argument: 'repo_type', equals: ['space'] }, events: [] },
  ],
});
const folder = (parameters: readonly string[], value: string): CallModel => ({
  ...upload(parameters, value),
  // A folder that goes to a model repository is the model.
  events: [{ kind: 'send', to: 'hub', what: 'model', values: [value] }],
});
const remote = (format: string, parameters: readonly string[], result?: string): CallModel => ({
  parameters,
  ...(result === undefined ? {} : { result }),
  flow: 'none',
  events: [{ kind: 'load-model', format, target: parameters[0]!, remote: true, revision: 'revision' }],
});
const both = (name: string, call: CallModel): Record<string, CallModel> => ({
  [`huggingface_hub.HfApi.${name}`]: call,
  [`huggingface_hub.${name}`]: call,
});
const inference: CallModel = {
  flow: 'derived',
  from: ['arguments'],
  events: [{ kind: 'send', to: 'api', values: ['arguments'], host: 'api-inference.huggingface.co' }],
};
const tasks =
  'chat_completion text_generation text_classification token_classification summarization feature_extraction question_answering image_classification'.split(
    ' ',
  );

/** Hubs: Hugging Face, timm, torch.hub's kin, Kaggle, TensorFlow Hub, ModelScope. */
export const hubs: LibraryModel = {
  library: 'model hubs',
  modules: ['huggingface_hub', 'timm', 'kagglehub', 'kaggle', 'tensorflow_hub', 'modelscope', 'open_clip'],
  aliases: {
    'huggingface_hub.AsyncInferenceClient': 'huggingface_hub.InferenceClient',
    'timm.models.create_model': 'timm.create_model',
  },
  classes: {
    'huggingface_hub.HfApi': { roles: ['client'] },
    'huggingface_hub.InferenceClient': { roles: ['client'] },
  },
  calls: {
    ...both('upload_file', upload(['path_or_fileobj', 'path_in_repo', 'repo_id'], 'path_or_fileobj')),
    ...both('upload_folder', folder(['folder_path', 'repo_id'], 'folder_path')),
    ...both('upload_large_folder', folder(['repo_id', 'folder_path'], 'folder_path')),
    ...both('push_to_hub_keras', {
      parameters: ['model', 'repo_id'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'model', values: ['model'] }],
    }),
    ...Object.fromEntries(tasks.map(name => [`huggingface_hub.InferenceClient.${name}`, inference])),
    'huggingface_hub.hf_hub_download': remote('hub', ['repo_id', 'filename']),
    'huggingface_hub.snapshot_download': remote('hub', ['repo_id']),
    'timm.create_model': remote('timm', ['model_name'], 'torch.nn.Module'),
    'open_clip.create_model_and_transforms': remote('open_clip', ['model_name'], 'torch.nn.Module'),
    'tensorflow_hub.load': remote('tensorflow hub', ['handle'], 'keras.Model'),
    'tensorflow_hub.KerasLayer': remote('tensorflow hub', ['handle'], 'keras.Model'),
    'kagglehub.model_download': remote('kaggle', ['handle']),
    'kagglehub.dataset_download': remote('kaggle', ['handle']),
    'kagglehub.model_upload': {
      parameters: ['handle', 'local_model_dir'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'model', values: ['local_model_dir'] }],
    },
    'kagglehub.dataset_upload': {
      parameters: ['handle', 'local_dataset_dir'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'data-set', values: ['local_dataset_dir'] }],
    },
    'kaggle.api.dataset_create_new': {
      parameters: ['folder'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'data-set', values: ['folder'] }],
    },
  },
};
