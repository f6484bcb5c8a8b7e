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
  'chat_completion text_generation text_classification token_classification summarization translation feature_extraction fill_mask question_answering document_question_answering visual_question_answering table_question_answering sentence_similarity tabular_classification tabular_regression zero_shot_classification zero_shot_image_classification image_classification image_segmentation image_to_text object_detection automatic_speech_recognition audio_classification'.split(
    ' ',
  );

const kaggle = (parameters: readonly string[], what: 'model' | 'data-set'): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'send', to: 'hub', what, values: [parameters[0]!] }],
});
const pushes = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'send', to: 'hub', what: 'model', values: [parameters[0]!] }],
});
/** A class that can push itself. */
const mixin = 'huggingface_hub.ModelHubMixin';
const kaggleCalls: readonly (readonly [string, CallModel])[] = [
  ['dataset_create_new', kaggle(['folder'], 'data-set')],
  ['dataset_create_version', kaggle(['folder'], 'data-set')],
  ['model_create_new', kaggle(['folder'], 'model')],
  ['model_instance_create', kaggle(['folder'], 'model')],
  ['model_instance_version_create', { ...kaggle(['folder'], 'model'), parameters: ['model_instance', 'folder'] }],
];

/** Hubs: Hugging Face, timm, torch.hub's kin, Kaggle, TensorFlow Hub, ModelScope. */
export const hubs: LibraryModel = {
  library: 'model hubs',
  modules: [
    'huggingface_hub',
    'timm',
    'kagglehub',
    'kaggle',
    'tensorflow_hub',
    'keras_hub',
    'modelscope',
    'open_clip',
    'skops',
  ],
  aliases: {
    'huggingface_hub.AsyncInferenceClient': 'huggingface_hub.InferenceClient',
    'timm.models.create_model': 'timm.create_model',
    'huggingface_hub.PyTorchModelHubMixin': mixin,
    'huggingface_hub.KerasModelHubMixin': mixin,
    'huggingface_hub.hub_mixin.PyTorchModelHubMixin': mixin,
    'kaggle.api.kaggle_api_extended.KaggleApi': 'kaggle.Api',
    'kaggle.KaggleApi': 'kaggle.Api',
    'keras_nlp.models': 'keras_hub.models',
  },
  classes: {
    'huggingface_hub.HfApi': { roles: ['client'] },
    'huggingface_hub.InferenceClient': {
      roles: ['client'],
      attributes: { chat: { same: true }, completions: { same: true } },
    },
    'huggingface_hub.HfFileSystem': { roles: ['client'] },
    [mixin]: {},
    'kaggle.Api': { roles: ['client'] },
    'keras_hub.Model': { bases: ['keras.Model'], roles: ['module'] },
    'keras_hub.models.*': { bases: ['keras_hub.Model'] },
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
    ...both('create_commit', upload(['repo_id', 'operations'], 'operations')),
    ...both('sync_bucket', upload(['source', 'dest'], 'source')),
    'huggingface_hub.CommitOperationAdd': {
      parameters: ['path_in_repo', 'path_or_fileobj'],
      flow: 'same',
      from: ['path_or_fileobj'],
    },
    'huggingface_hub.CommitScheduler': folder(['repo_id', 'folder_path'], 'folder_path'),
    ...Object.fromEntries(
      ['put', 'put_file', 'upload'].map(name => [`huggingface_hub.HfFileSystem.${name}`, upload(['lpath'], 'lpath')]),
    ),
    'huggingface_hub.push_to_hub_fastai': pushes(['learner']),
    'huggingface_hub.from_pretrained_fastai': remote('fastai', ['repo_id'], 'fastai.learner.Learner'),
    'huggingface_hub.from_pretrained_keras': remote('keras', ['pretrained_model_name_or_path'], 'keras.Model'),
    [`${mixin}.push_to_hub`]: {
      parameters: ['repo_id'],
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'model', values: ['receiver'] }],
    },
    [`${mixin}.save_pretrained`]: {
      parameters: ['save_directory'],
      flow: 'none',
      events: [{ kind: 'save', format: 'safetensors', value: 'receiver', target: 'save_directory' }],
    },
    [`${mixin}.from_pretrained`]: { ...remote('hub', ['pretrained_model_name_or_path']), result: 'receiver' },
    'huggingface_hub.InferenceClient.create': inference,
    'timm.models.push_to_hf_hub': pushes(['model']),
    'skops.hub_utils.push': { ...pushes(['source']), parameters: ['repo_id', 'source'] },
    'keras_hub.upload_preset': { ...pushes(['preset']), parameters: ['uri', 'preset'] },
    'keras_hub.Model.from_preset': { ...remote('keras', ['preset']), result: 'receiver' },
    'modelscope.hub.api.HubApi.push_model': { ...pushes(['model_dir']), parameters: ['model_id', 'model_dir'] },
    'kagglehub.dataset_load': {
      parameters: ['adapter', 'handle', 'path'],
      result: 'pandas.DataFrame',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'hub', path: 'handle' }],
    },
    ...Object.fromEntries(
      ['kaggle.api', 'kaggle.Api'].flatMap(place => kaggleCalls.map(([name, call]) => [`${place}.${name}`, call])),
    ),
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
  },
};
