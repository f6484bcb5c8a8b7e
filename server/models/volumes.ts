import { itkIdentifiers } from './dicom';
import type { CallModel, LibraryModel } from './schema';

const volume = (format: string, result: string, parameter = 'filename'): CallModel => ({
  parameters: [parameter],
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format, path: parameter, people: 'inferred', name: format }],
});
const writes = (parameters: readonly string[], value: string, target: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: [value], target }],
});
const array = 'numpy.ndarray';
const data: CallModel = { result: array, flow: 'same', from: ['receiver'] };

/** Volumes and signals: nibabel, SimpleITK, ITK, TorchIO, wfdb, mne. */
export const volumes: LibraryModel = {
  library: 'medical volumes and signals',
  modules: ['nibabel', 'SimpleITK', 'itk', 'torchio', 'wfdb', 'mne', 'pyedflib', 'ants', 'nilearn', 'medpy'],
  aliases: {
    'nibabel.nifti1.load': 'nibabel.load',
    'nibabel.loadsave.load': 'nibabel.load',
    'nibabel.Nifti2Image': 'nibabel.Nifti1Image',
    'nibabel.nifti1.Nifti1Image': 'nibabel.Nifti1Image',
    'nibabel.MGHImage': 'nibabel.Nifti1Image',
    'wfdb.io.rdrecord': 'wfdb.rdrecord',
    'torchio.LabelMap': 'torchio.ScalarImage',
  },
  classes: {
    'nibabel.Nifti1Image': { attributes: { dataobj: { type: array, flow: 'same' } } },
    'SimpleITK.Image': {},
    'SimpleITK.ImageSeriesReader': {},
    'SimpleITK.ImageFileReader': {},
    'SimpleITK.ImageFileWriter': {},
    'torchio.ScalarImage': {},
    'wfdb.Annotation': {},
    'torchio.Subject': { roles: ['data-set'] },
    'torchio.SubjectsDataset': { bases: ['torch.utils.data.Dataset'], roles: ['data-set'] },
    'wfdb.Record': {
      attributes: { p_signal: { type: array, flow: 'same' }, comments: { flow: 'derived', adds: ['quasiIdentifier'] } },
    },
    'mne.Raw': {},
  },
  calls: {
    'nibabel.load': volume('NIfTI', 'nibabel.Nifti1Image'),
    'nibabel.Nifti1Image': { parameters: ['dataobj'], flow: 'same', from: ['dataobj'] },
    'nibabel.Nifti1Image.get_fdata': data,
    'nibabel.Nifti1Image.get_data': data,
    'nibabel.Nifti1Image.from_filename': volume('NIfTI', 'nibabel.Nifti1Image'),
    'nibabel.Nifti1Image.load': volume('NIfTI', 'nibabel.Nifti1Image'),
    'nibabel.freesurfer.read_geometry': volume('NIfTI', 'builtins.tuple'),
    'nibabel.save': writes(['img', 'filename'], 'img', 'filename'),
    'nibabel.Nifti1Image.to_filename': writes(['filename'], 'receiver', 'filename'),
    'SimpleITK.ReadImage': volume('medical image', 'SimpleITK.Image'),
    'SimpleITK.ImageSeriesReader.Execute': volume('medical image', 'SimpleITK.Image'),
    'SimpleITK.ImageFileReader.SetFileName': {
      parameters: ['fileName'],
      flow: 'none',
      links: [{ of: 'receiver', name: '#path', value: 'fileName' }],
    },
    'SimpleITK.ImageFileReader.Execute': {
      ...volume('medical image', 'SimpleITK.Image'),
      events: [
        { kind: 'load', format: 'medical image', path: 'receiver.#path', people: 'inferred', name: 'medical image' },
      ],
    },
    'SimpleITK.ImageFileWriter.SetFileName': {
      parameters: ['fileName'],
      flow: 'none',
      links: [{ of: 'receiver', name: '#path', value: 'fileName' }],
    },
    'SimpleITK.ImageFileWriter.Execute': writes(['image'], 'image', 'receiver.#path'),
    ...Object.fromEntries(
      ['SimpleITK.Image', 'SimpleITK.ImageFileReader', 'SimpleITK.ImageSeriesReader'].map(name => [
        `${name}.GetMetaData`,
        {
          parameters: [name.endsWith('SeriesReader') ? 'slice' : 'key', 'key'],
          flow: 'derived',
          from: ['receiver'],
          variants: [
            {
              when: { argument: 'key', equals: itkIdentifiers },
              adds: ['identifier'],
              events: [{ kind: 'mark', mark: 'dicom:identifier' }],
            },
          ],
        } satisfies CallModel,
      ]),
    ),
    'SimpleITK.GetArrayFromImage': { parameters: ['image'], result: array, flow: 'same', from: ['image'] },
    'SimpleITK.GetArrayViewFromImage': { parameters: ['image'], result: array, flow: 'same', from: ['image'] },
    'SimpleITK.GetImageFromArray': { parameters: ['arr'], result: 'SimpleITK.Image', flow: 'same', from: ['arr'] },
    'SimpleITK.WriteImage': writes(['image', 'fileName'], 'image', 'fileName'),
    'itk.imread': volume('medical image', array),
    'itk.imwrite': writes(['image', 'filename'], 'image', 'filename'),
    'ants.image_read': volume('medical image', array),
    'medpy.io.load': volume('medical image', array),
    'torchio.ScalarImage': volume('medical image', 'torchio.ScalarImage', 'path'),
    'torchio.ScalarImage.save': writes(['path'], 'receiver', 'path'),
    'torchio.Subject': { flow: 'same' },
    'torchio.SubjectsDataset': { parameters: ['subjects'], flow: 'same', from: ['subjects'] },
    'wfdb.rdrecord': volume('WFDB', 'wfdb.Record', 'record_name'),
    'wfdb.rdsamp': { ...volume('WFDB', 'wfdb.Record', 'record_name'), results: [array, 'builtins.dict'] },
    'wfdb.rdann': volume('WFDB', 'wfdb.Annotation', 'record_name'),
    'wfdb.io.convert.read_edf': volume('WFDB', 'wfdb.Record', 'record_name'),
    'wfdb.wrsamp': writes(['record_name', 'fs', 'units', 'sig_name', 'p_signal'], 'p_signal', 'record_name'),
    'wfdb.dl_database': {
      parameters: ['db_dir', 'dl_dir'],
      flow: 'none',
      events: [{ kind: 'load', format: 'WFDB', path: 'db_dir', people: 'inferred', name: 'WFDB' }],
    },
    'mne.io.read_raw': volume('EEG', 'mne.Raw'),
    'mne.read_epochs': volume('EEG', 'mne.Raw'),
    'mne.Raw.save': writes(['fname'], 'receiver', 'fname'),
    'mne.export.export_raw': writes(['fname', 'raw'], 'raw', 'fname'),
    'mne.io.read_raw_edf': volume('EEG', 'mne.Raw'),
    'mne.io.read_raw_bdf': volume('EEG', 'mne.Raw'),
    'mne.io.read_raw_fif': volume('EEG', 'mne.Raw'),
    'mne.Raw.get_data': data,
    'pyedflib.EdfReader': volume('EEG', 'pyedflib.EdfReader'),
  },
};
