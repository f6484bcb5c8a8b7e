import type { AttributeModel, CallModel, LibraryModel } from './schema';

/** DICOM PS3.15 table E.1-1: attributes that name the patient or the examination directly. */
const direct =
  'PatientName PatientID OtherPatientIDs OtherPatientNames PatientBirthDate PatientBirthName PatientAddress PatientTelephoneNumbers AccessionNumber IssuerOfPatientID ReferringPhysicianName InstitutionName InstitutionAddress OperatorsName PerformingPhysicianName PatientMotherBirthName MedicalRecordLocator ResponsiblePerson'.split(
    ' ',
  );
const attributes: Record<string, AttributeModel> = Object.fromEntries(
  direct.map((name): [string, AttributeModel] => [name, { flow: 'derived', adds: ['identifier'] }]),
);
for (const name of ['PatientAge', 'PatientSex', 'StudyDate', 'PatientWeight', 'EthnicGroup'])
  attributes[name] = { flow: 'derived', adds: ['quasiIdentifier'] };
attributes.pixel_array = { type: 'numpy.ndarray', flow: 'derived' };

const dicom: CallModel = {
  parameters: ['fp'],
  result: 'pydicom.Dataset',
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'dicom', path: 'fp', people: 'inferred', name: 'DICOM' }],
};
const volume = (format: string, result: string): CallModel => ({
  parameters: ['filename'],
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format, path: 'filename', people: 'inferred', name: format }],
});

export const pydicom: LibraryModel = {
  library: 'pydicom',
  modules: ['pydicom', 'dicom'],
  aliases: {
    'pydicom.read_file': 'pydicom.dcmread',
    'dicom.read_file': 'pydicom.dcmread',
    'pydicom.filereader.dcmread': 'pydicom.dcmread',
  },
  classes: { 'pydicom.Dataset': { attributes } },
  calls: {
    'pydicom.dcmread': dicom,
    'pydicom.Dataset.remove_private_tags': { flow: 'none', events: [{ kind: 'mark', mark: 'dicom:private-removed' }] },
    'pydicom.Dataset.save_as': {
      parameters: ['filename'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'filename' }],
    },
  },
};

/** Volumes and signals: nibabel, SimpleITK, wfdb, mne. */
export const volumes: LibraryModel = {
  library: 'medical volumes and signals',
  modules: ['nibabel', 'SimpleITK', 'wfdb', 'mne', 'torchio'],
  classes: { 'nibabel.Nifti1Image': {}, 'SimpleITK.Image': {}, 'wfdb.Record': {} },
  calls: {
    'nibabel.load': volume('NIfTI', 'nibabel.Nifti1Image'),
    'nibabel.save': {
      parameters: ['img', 'filename'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['img'], target: 'filename' }],
    },
    'SimpleITK.ReadImage': volume('medical image', 'SimpleITK.Image'),
    'SimpleITK.WriteImage': {
      parameters: ['image', 'fileName'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['image'], target: 'fileName' }],
    },
    'wfdb.rdrecord': volume('WFDB', 'wfdb.Record'),
    'wfdb.rdsamp': volume('WFDB', 'wfdb.Record'),
    'mne.io.read_raw_edf': volume('EEG', 'mne.Raw'),
  },
};
