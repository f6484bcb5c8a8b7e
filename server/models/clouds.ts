import type { CallModel, ClassModel, LibraryModel } from './schema';
import { sends } from './sending';

const upload = (parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'send', to: 'bucket', what: 'unknown', values: [value] }],
});
const service = (name: string, value: string): CallModel =>
  sends(/model|converse|agent|retrieve/.test(name) ? 'bedrock-runtime.amazonaws.com' : 'amazonaws.com', [value]);
/** Amazon's services that read what they are given, by the names that only they use. */
const services: Readonly<Record<string, string>> = {
  invoke_model: 'body',
  invoke_model_with_response_stream: 'body',
  converse: 'messages',
  converse_stream: 'messages',
  invoke_agent: 'inputText',
  retrieve_and_generate: 'input',
  detect_entities_v2: 'Text',
  detect_phi: 'Text',
  detect_entities: 'Text',
  detect_pii_entities: 'Text',
  detect_sentiment: 'Text',
  batch_detect_entities: 'TextList',
  infer_icd10_cm: 'Text',
  infer_rx_norm: 'Text',
  infer_snomedct: 'Text',
  analyze_document: 'Document',
  detect_document_text: 'Document',
  translate_text: 'Text',
};
const made = (result: string): CallModel => ({ result, flow: 'none' });

const client: ClassModel = { roles: ['client'] };
/** File systems on a bucket: what is put there, and what is written through a file that is opened there. */
const fileSystems = ['s3fs.S3FileSystem', 'gcsfs.GCSFileSystem', 'adlfs.AzureBlobFileSystem'];
/** Protocols of `fsspec.filesystem` that are buckets. */
const remote = ['s3', 's3a', 'gs', 'gcs', 'abfs', 'abfss', 'az', 'adl'];

/** Amazon, Google and Azure storage, and Bedrock. What goes there is told by the value. */
export const clouds: LibraryModel = {
  library: 'cloud storage',
  modules: [
    'boto3',
    'aioboto3',
    'aiobotocore',
    'google',
    'azure',
    's3fs',
    'gcsfs',
    'adlfs',
    'fsspec',
    'minio',
    'sagemaker',
    'awswrangler',
    'dropbox',
  ],
  aliases: {
    'azure.storage.blob.aio': 'azure.storage.blob',
    'azure.storage.filedatalake.aio': 'azure.storage.filedatalake',
    'boto3.session.Session': 'boto3.Session',
    'aioboto3.Session': 'boto3.Session',
    's3fs.core.S3FileSystem': 's3fs.S3FileSystem',
    'gcsfs.core.GCSFileSystem': 'gcsfs.GCSFileSystem',
  },
  classes: {
    'boto3.Client': { roles: ['client'] },
    'boto3.Session': {},
    'boto3.Resource': {
      roles: ['client'],
      attributes: { meta: { same: true }, client: { type: 'boto3.Client', flow: 'none' } },
    },
    'fsspec.FileSystem': client,
    ...Object.fromEntries(fileSystems.map(name => [name, { bases: ['fsspec.FileSystem'] }])),
    'google.cloud.bigquery.Job': { bases: ['pandas.DataFrame'], roles: ['frame'] },
    'azure.storage.filedatalake.DataLakeServiceClient': client,
    'azure.storage.filedatalake.FileClient': {},
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
    'boto3.Session.client': made('boto3.Client'),
    'boto3.Session.resource': made('boto3.Resource'),
    'aiobotocore.session.get_session': made('boto3.Session'),
    'boto3.Session.create_client': made('boto3.Client'),
    'boto3.Client.__enter__': { returns: 'receiver' },
    'fsspec.filesystem': {
      parameters: ['protocol'],
      flow: 'none',
      variants: [{ when: { argument: 'protocol', equals: remote }, result: 'fsspec.FileSystem' }],
    },
    ...Object.fromEntries(
      ['put', 'put_file', 'upload', '_put', '_put_file'].map(name => [
        `fsspec.FileSystem.${name}`,
        upload(['lpath', 'rpath'], 'lpath'),
      ]),
    ),
    'fsspec.FileSystem.pipe': upload(['path', 'value'], 'value'),
    'fsspec.FileSystem.pipe_file': upload(['path', 'value'], 'value'),
    'fsspec.FileSystem.open': { parameters: ['path', 'mode'], result: 'fsspec.File', flow: 'none' },
    'google.cloud.storage.Blob.open': { parameters: ['mode'], result: 'fsspec.File', flow: 'none' },
    'fsspec.File.__enter__': { returns: 'receiver' },
    'fsspec.File.write': upload(['data'], 'data'),
    'google.cloud.storage.transfer_manager.upload_many_from_filenames': upload(['bucket', 'filenames'], 'filenames'),
    'dropbox.Dropbox.files_upload': upload(['f', 'path'], 'f'),
    'sagemaker.Session.upload_data': upload(['path'], 'path'),
    'awswrangler.s3.upload': upload(['local_file', 'path'], 'local_file'),
    'boto3.Client.upload_file': upload(['Filename', 'Bucket', 'Key'], 'Filename'),
    'boto3.Client.upload_fileobj': upload(['Fileobj', 'Bucket', 'Key'], 'Fileobj'),
    'boto3.Client.put_object': upload([], 'Body'),
    ...Object.fromEntries(
      Object.entries(services).map(([name, value]) => [`boto3.Client.${name}`, service(name, value)]),
    ),
    'boto3.Resource.Bucket': made('boto3.Resource'),
    'boto3.Resource.Object': made('boto3.Resource'),
    'boto3.Resource.Table': made('boto3.Resource'),
    'boto3.Resource.upload_file': upload(['Filename', 'Key'], 'Filename'),
    'boto3.Resource.upload_fileobj': upload(['Fileobj', 'Key'], 'Fileobj'),
    'boto3.Resource.put_object': upload([], 'Body'),
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
      result: 'google.cloud.bigquery.Job',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'sql', path: 'query' }],
    },
    'google.cloud.bigquery.Client.query_and_wait': {
      parameters: ['query'],
      result: 'google.cloud.bigquery.Job',
      flow: 'none',
      adds: ['records'],
      events: [{ kind: 'load', format: 'sql', path: 'query' }],
    },
    'google.cloud.bigquery.Job.result': { returns: 'receiver' },
    'google.cloud.bigquery.Job.to_dataframe': {
      result: 'pandas.DataFrame',
      flow: 'same',
      from: ['receiver'],
      columns: { kind: 'keep' },
    },
    ...Object.fromEntries(
      ['BlobServiceClient', 'BlobClient', 'ContainerClient'].flatMap(name =>
        ['from_connection_string', 'from_blob_url', 'from_container_url'].map(maker => [
          `azure.storage.blob.${name}.${maker}`,
          made(`azure.storage.blob.${name}`),
        ]),
      ),
    ),
    'azure.storage.blob.BlobServiceClient.__enter__': { returns: 'receiver' },
    'azure.storage.blob.BlobClient.__enter__': { returns: 'receiver' },
    ...Object.fromEntries(
      'get_file_system_client get_directory_client get_file_client create_file create_directory'
        .split(' ')
        .map(name => [
          `azure.storage.filedatalake.DataLakeServiceClient.${name}`,
          name.endsWith('file_client') || name === 'create_file'
            ? made('azure.storage.filedatalake.FileClient')
            : ({ returns: 'receiver' } satisfies CallModel),
        ]),
    ),
    'azure.storage.filedatalake.FileClient.upload_data': upload(['data'], 'data'),
    'azure.storage.filedatalake.FileClient.append_data': upload(['data'], 'data'),
    'azure.storage.blob.BlobServiceClient.get_blob_client': made('azure.storage.blob.BlobClient'),
    'azure.storage.blob.BlobServiceClient.get_container_client': made('azure.storage.blob.ContainerClient'),
    'azure.storage.blob.ContainerClient.get_blob_client': made('azure.storage.blob.BlobClient'),
    'azure.storage.blob.ContainerClient.upload_blob': upload(['name', 'data'], 'data'),
    'azure.storage.blob.BlobClient.upload_blob': upload(['data'], 'data'),
    'minio.Minio.put_object': upload(['bucket_name', 'object_name', 'data'], 'data'),
    'minio.Minio.fput_object': upload(['bucket_name', 'object_name', 'file_path'], 'file_path'),
  },
};
