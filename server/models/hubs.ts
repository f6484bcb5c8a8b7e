import type { CallModel, LibraryModel } from './schema';

const upload = (to: 'hub' | 'bucket', parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'send', to, what: 'unknown', values: [value] }],
});
const remote = (format: string, parameters: readonly string[], result?: string): CallModel => ({
  parameters,
  ...(result === undefined ? {} : { result }),
  flow: 'none',
  events: [{ kind: 'load-model', format, target: parameters[0]!, remote: true, revision: 'revision' }],
});

/** Hubs: Hugging Face, timm, torch.hub, Kaggle. */
export const hubs: LibraryModel = {
  library: 'model hubs',
  modules: ['huggingface_hub', 'timm', 'kagglehub'],
  classes: { 'huggingface_hub.HfApi': { roles: ['client'] } },
  calls: {
    'huggingface_hub.HfApi.upload_file': upload(
      'hub',
      ['path_or_fileobj', 'path_in_repo', 'repo_id'],
      'path_or_fileobj',
    ),
    'huggingface_hub.HfApi.upload_folder': upload('hub', ['folder_path', 'repo_id'], 'folder_path'),
    'huggingface_hub.upload_file': upload('hub', ['path_or_fileobj', 'path_in_repo', 'repo_id'], 'path_or_fileobj'),
    'huggingface_hub.upload_folder': upload('hub', ['folder_path', 'repo_id'], 'folder_path'),
    'huggingface_hub.hf_hub_download': remote('hub', ['repo_id', 'filename']),
    'huggingface_hub.snapshot_download': remote('hub', ['repo_id']),
    'timm.create_model': remote('timm', ['model_name'], 'torch.nn.Module'),
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

/** Clouds: S3, GCS, Azure Blob. What goes there is told by the value. */
export const clouds: LibraryModel = {
  library: 'cloud storage',
  modules: ['boto3', 'google', 'azure'],
  classes: {
    'boto3.Client': { roles: ['client'] },
    'google.cloud.storage.Blob': {},
    'google.cloud.storage.Bucket': {},
    'google.cloud.storage.Client': {},
  },
  calls: {
    'boto3.client': { parameters: ['service_name'], result: 'boto3.Client', flow: 'none' },
    'boto3.Client.upload_file': upload('bucket', ['Filename', 'Bucket', 'Key'], 'Filename'),
    'boto3.Client.put_object': upload('bucket', [], 'Body'),
    'boto3.Client.invoke_model': {
      flow: 'derived',
      from: ['arguments'],
      events: [{ kind: 'send', to: 'api', values: ['body'], host: 'bedrock-runtime.amazonaws.com' }],
    },
    'google.cloud.storage.Client.bucket': { result: 'google.cloud.storage.Bucket', flow: 'none' },
    'google.cloud.storage.Client.get_bucket': { result: 'google.cloud.storage.Bucket', flow: 'none' },
    'google.cloud.storage.Bucket.blob': { result: 'google.cloud.storage.Blob', flow: 'none' },
    'google.cloud.storage.Blob.upload_from_filename': upload('bucket', ['filename'], 'filename'),
    'google.cloud.storage.Blob.upload_from_string': upload('bucket', ['data'], 'data'),
  },
};
