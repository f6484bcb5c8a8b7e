import type { AttributeModel, CallModel, EventModel, LibraryModel, TaintName } from './schema';

/**
 * DICOM attributes of PS3.15 table E.1-1 (confidentiality profiles, edition 2024b), with the tags under which files are
 * also asked for them. Directly identifying ones are a finding by themselves.
 */
const direct: Readonly<Record<string, string>> = {
  PatientName: '(0010,0010)',
  PatientID: '(0010,0020)',
  IssuerOfPatientID: '(0010,0021)',
  PatientBirthDate: '(0010,0030)',
  OtherPatientIDs: '(0010,1000)',
  OtherPatientNames: '(0010,1001)',
  OtherPatientIDsSequence: '(0010,1002)',
  PatientBirthName: '(0010,1005)',
  PatientAddress: '(0010,1040)',
  InsurancePlanIdentification: '(0010,1050)',
  PatientMotherBirthName: '(0010,1060)',
  MedicalRecordLocator: '(0010,1090)',
  PatientTelephoneNumbers: '(0010,2154)',
  PatientTelecomInformation: '(0010,2155)',
  ResponsiblePerson: '(0010,2297)',
  AccessionNumber: '(0008,0050)',
  AdmissionID: '(0038,0010)',
  ReferringPhysicianName: '(0008,0090)',
  ReferringPhysicianAddress: '(0008,0092)',
  ReferringPhysicianTelephoneNumbers: '(0008,0094)',
  PhysiciansOfRecord: '(0008,1048)',
  PerformingPhysicianName: '(0008,1050)',
  NameOfPhysiciansReadingStudy: '(0008,1060)',
  OperatorsName: '(0008,1070)',
  RequestingPhysician: '(0032,1032)',
  PersonName: '(0040,a123)',
  PersonAddress: '(0040,1102)',
  PersonTelephoneNumbers: '(0040,1103)',
};
/** The same tags as ITK writes them: `0010|0010`. */
export const itkIdentifiers: readonly string[] = Object.values(direct).map(tag => tag.slice(1, -1).replace(',', '|'));
/** The rest of the table: sites, dates, unique ids, free text, and what narrows somebody down. */
const listed: Readonly<Record<string, string>> = {
  InstitutionName: '(0008,0080)',
  InstitutionAddress: '(0008,0081)',
  InstitutionalDepartmentName: '(0008,1040)',
  StationName: '(0008,1010)',
  DeviceSerialNumber: '(0018,1000)',
  StudyDate: '(0008,0020)',
  SeriesDate: '(0008,0021)',
  AcquisitionDate: '(0008,0022)',
  ContentDate: '(0008,0023)',
  StudyTime: '(0008,0030)',
  StudyInstanceUID: '(0020,000d)',
  SeriesInstanceUID: '(0020,000e)',
  SOPInstanceUID: '(0008,0018)',
  FrameOfReferenceUID: '(0020,0052)',
  StudyID: '(0020,0010)',
  PatientSex: '(0010,0040)',
  PatientAge: '(0010,1010)',
  PatientSize: '(0010,1020)',
  PatientWeight: '(0010,1030)',
  EthnicGroup: '(0010,2160)',
  Occupation: '(0010,2180)',
  CountryOfResidence: '(0010,2150)',
  RegionOfResidence: '(0010,2152)',
  PatientReligiousPreference: '(0010,21f0)',
  SmokingStatus: '(0010,21a0)',
  PregnancyStatus: '(0010,21c0)',
  PatientComments: '(0010,4000)',
  AdditionalPatientHistory: '(0010,21b0)',
  ImageComments: '(0020,4000)',
  StudyDescription: '(0008,1030)',
  SeriesDescription: '(0008,103e)',
};
const keyed = (
  table: Readonly<Record<string, string>>,
  mark: string,
  adds: TaintName | null,
): Record<string, AttributeModel> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([name, tag]): [string, AttributeModel][] => {
      const model: AttributeModel = { flow: adds ? 'same' : 'derived', mark, ...(adds && { adds: [adds] }) };
      return [
        [name, model],
        [tag, model],
      ];
    }),
  );
const quasi = 'PatientAge PatientSex StudyDate PatientWeight EthnicGroup'.split(' ');

const fromFile = (path: string): EventModel[] => [
  { kind: 'load', format: 'dicom', path, people: 'inferred', name: 'DICOM' },
];
const read: CallModel = {
  parameters: ['fp'],
  result: 'pydicom.Dataset',
  flow: 'none',
  adds: ['records'],
  events: fromFile('fp'),
};
const marks = (mark: string, parameters: readonly string[] = ['dataset']): CallModel => ({
  parameters,
  flow: 'same',
  from: ['receiver', ...parameters],
  events: [{ kind: 'mark', mark }],
});
const cleaned = marks('dicom:deidentified');

/** pydicom, and the tools that de-identify its files. */
export const pydicom: LibraryModel = {
  library: 'pydicom',
  modules: ['pydicom', 'dicom', 'deid', 'dicomanonymizer', 'presidio_image_redactor', 'dicognito', 'highdicom'],
  aliases: {
    'pydicom.read_file': 'pydicom.dcmread',
    'dicom.read_file': 'pydicom.dcmread',
    'pydicom.filereader.dcmread': 'pydicom.dcmread',
    'pydicom.filereader.read_file': 'pydicom.dcmread',
    'pydicom.dataset.FileDataset': 'pydicom.Dataset',
    'pydicom.FileDataset': 'pydicom.Dataset',
    'pydicom.dataset.Dataset': 'pydicom.Dataset',
  },
  classes: {
    'pydicom.Dataset': {
      attributes: {
        ...keyed(direct, 'dicom:identifier', 'identifier'),
        ...keyed(listed, 'dicom:listed', null),
        ...Object.fromEntries(
          quasi.map((name): [string, AttributeModel] => [
            name,
            { flow: 'derived', mark: 'dicom:listed', adds: ['quasiIdentifier'] },
          ]),
        ),
        BurnedInAnnotation: { flow: 'none', mark: 'dicom:burned-in-checked' },
        RecognizableVisualFeatures: { flow: 'none', mark: 'dicom:burned-in-checked' },
        pixel_array: { type: 'numpy.ndarray', flow: 'derived' },
      },
    },
  },
  calls: {
    'pydicom.dcmread': read,
    'pydicom.pixels.pixel_array': { ...read, parameters: ['src'], result: 'numpy.ndarray', events: fromFile('src') },
    'pydicom.fileset.FileSet': {
      ...read,
      parameters: ['ds'],
      result: 'pydicom.fileset.FileSet',
      events: fromFile('ds'),
    },
    'highdicom.imread': read,
    'pydicom.Dataset.__setattr__': { flow: 'none', events: [{ kind: 'mark', mark: 'dicom:cleaned' }] },
    'pydicom.Dataset.__delattr__': { flow: 'none', events: [{ kind: 'mark', mark: 'dicom:cleaned' }] },
    'pydicom.Dataset.walk': { flow: 'none', events: [{ kind: 'mark', mark: 'dicom:cleaned' }] },
    'pydicom.Dataset.remove_private_tags': { flow: 'none', events: [{ kind: 'mark', mark: 'dicom:private-removed' }] },
    'pydicom.Dataset.save_as': {
      parameters: ['filename'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['receiver'], target: 'filename' }],
    },
    'pydicom.dcmwrite': {
      parameters: ['filename', 'dataset'],
      flow: 'none',
      events: [{ kind: 'export', sink: 'file', values: ['dataset'], target: 'filename' }],
    },
    'dicomanonymizer.*': cleaned,
    'dicognito.anonymizer.Anonymizer.anonymize': cleaned,
    'deid.dicom.*': cleaned,
    'presidio_image_redactor.DicomImageRedactorEngine.redact': cleaned,
    'presidio_image_redactor.DicomImageRedactorEngine.redact_from_file': cleaned,
    'presidio_image_redactor.DicomImageRedactorEngine.redact_from_directory': cleaned,
  },
};
