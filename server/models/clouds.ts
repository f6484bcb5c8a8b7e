import type { CallModel, LibraryModel } from './schema';

const upload = (parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'send', to: 'bucket', what: 'unknown', values: [value] }],
});
const bedrock = (value: string): CallModel => ({
  flow: 'derived',
  from: ['arguments'],
  events: [{ kind: 'send', to: 'api', values: [value], host: 'bedrock-runtime.amazonaws.com' }],
});
const made = (result: string): CallModel => ({ result, flow: 'none' });

/** Amazon, Google and Azure storage, and Bedrock. What goes there is told by the value. */
export const clouds: LibraryModel = {
  library: 'cloud storage',
  modules: ['boto3', 'aioboto3', 'google', 'azure', 's3fs', 'gcsfs', 'minio', 'sagemaker'],
  aliases: { 'azure.storage.blob.aio.BlobServiceClient': 'azure.storage.blob.BlobServiceClient' },
  classes: {
    'boto3.Client': { roles: ['client'] },
    'boto3.Resource': { roles: ['client'] },
    'google.cloud.storage.Blob': {},
    'google.cloud.storage.Bucket': {},
    'google.cloud.storage.Client': {},
    'azure.storage.blob.BlobServiceClient': { roles: ['client'] },
    'azure.storage.blob.BlobClient': {},
    'azure.storage.blob.ContainerClient': {},
    'minio.Minio': { roles: ['client'] },
  },
  calls: {
    'boto3.client': { parameters: ['service_name'], result: 'boto3.Client', flow: 'none' },
    'boto3.resource': { parameters: ['service_name'], result: 'boto3.Resource', flow: 'none' },
    'boto3.session.Session.client': made('boto3.Client'),
    'boto3.Session.client': made('boto3.Client'),
    'boto3.Client.upload_file': upload(['Filename', 'Bucket', 'Key'], 'Filename'),
    'boto3.Client.upload_fileobj': upload(['Fileobj', 'Bucket', 'Key'], 'Fileobj'),
    'boto3.Client.put_object': upload([], 'Body'),
    'boto3.Client.invoke_model': bedrock('body'),
    'boto3.Client.converse': bedrock('messages'),
    'boto3.Client.detect_entities_v2': bedrock('Text'),
    'boto3.Resource.Bucket': made('boto3.Resource'),
    'boto3.Resource.Object': made('boto3.Resource'),
    'boto3.Resource.Table': made('boto3.Resource'),
    'boto3.Resource.upload_file': upload(['Filename', 'Key'], 'Filename'),
    'boto3.Resource.put': upload([], 'Body'),
    'boto3.Resource.put_item': {
      parameters: ['Item'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'database', values: ['Item'] }],
    },
    'google.cloud.storage.Client.bucket': made('google.cloud.storage.Bucket'),
    'google.cloud.storage.Client.get_bucket': made('google.cloud.storage.Bucket'),
    'google.cloud.storage.Bucket.blob': made('google.cloud.storage.Blob'),
    'google.cloud.storage.Blob.upload_from_filename': upload(['filename'], 'filename'),
    'google.cloud.storage.Blob.upload_from_string': upload(['data'], 'data'),
    'google.cloud.storage.Blob.upload_from_file': upload(['file_obj'], 'file_obj'),
    'google.cloud.bigquery.Client.load_table_from_dataframe': {
      parameters: ['dataframe', 'destination'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'database', values: ['dataframe'], target: 'destination' }],
    },
    'google.cloud.bigquery.Client.query': {
      parameters: ['query'],
      result: 'pandas.DataFrame',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'sql', path: 'query' }],
    },
    'azure.storage.blob.BlobServiceClient.from_connection_string': made('azure.storage.blob.BlobServiceClient'),
    'azure.storage.blob.BlobServiceClient.get_blob_client': made('azure.storage.blob.BlobClient'),
    'azure.storage.blob.BlobServiceClient.get_container_client': made('azure.storage.blob.ContainerClient'),
    'azure.storage.blob.ContainerClient.get_blob_client': made('azure.storage.blob.BlobClient'),
    'azure.storage.blob.ContainerClient.upload_blob': upload(['name', 'data'], 'data'),
    'azure.storage.blob.BlobClient.upload_blob': upload(['data'], 'data'),
    'minio.Minio.fput_object': upload(['bucket_name', 'object_name', 'file_path'], 'file_path'),
  },
};
