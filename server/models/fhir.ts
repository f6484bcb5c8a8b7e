import type { CallModel, ClassModel, LibraryModel } from './schema';

/** Elements of a FHIR R4 Patient that name somebody, and that narrow somebody down (hl7.org/fhir/R4/patient). */
const identifying = ['identifier', 'name', 'telecom', 'address', 'photo', 'contact', 'text'];
const narrowing = ['birthDate', 'deceasedDateTime', 'managingOrganization', 'generalPractitioner'];
const patient: ClassModel = {
  attributes: {
    ...Object.fromEntries(identifying.map(name => [name, { flow: 'derived' as const, adds: ['identifier'] as const }])),
    ...Object.fromEntries(
      narrowing.map(name => [name, { flow: 'derived' as const, adds: ['quasiIdentifier'] as const }]),
    ),
    id: { flow: 'derived', adds: ['subjectKey'] },
  },
};
const reads = (parameters: readonly string[], result: string): CallModel => ({
  parameters,
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'FHIR', people: 'inferred', name: 'FHIR' }],
});
/** Resources that are about one person; the others of the standard say nothing of anybody. */
const clinical =
  'Observation Condition Encounter MedicationRequest MedicationStatement Procedure DiagnosticReport DocumentReference AllergyIntolerance Immunization ImagingStudy CarePlan Bundle RelatedPerson Specimen';
const names = ['Patient', ...clinical.split(' ')];
/** fhir.resources keeps each release of the standard in a package of its own. */
const releases = ['', 'R4B.', 'STU3.', 'DSTU2.'];
const canonical = (name: string): string => (name === 'Patient' ? 'fhir.Patient' : 'fhir.Resource');
const validators: Readonly<Record<string, string>> = {
  read: 'rem_id',
  parse_obj: 'obj',
  parse_raw: 'b',
  parse_file: 'path',
  model_validate: 'obj',
  model_validate_json: 'json_data',
};

/** FHIR clients and resource classes: fhirclient, fhirpy, fhir.resources. */
export const fhir: LibraryModel = {
  library: 'FHIR clients',
  modules: ['fhirclient', 'fhirpy', 'fhir'],
  aliases: {
    ...Object.fromEntries(
      names.flatMap(name => [
        ...releases.map(release => [`fhir.resources.${release}${name.toLowerCase()}.${name}`, canonical(name)]),
        [`fhirclient.models.${name.toLowerCase()}.${name}`, canonical(name)],
      ]),
    ),
    'fhirpy.AsyncFHIRClient': 'fhirpy.SyncFHIRClient',
    'fhirpy.lib.SyncFHIRClient': 'fhirpy.SyncFHIRClient',
    'fhirpy.lib.AsyncFHIRClient': 'fhirpy.SyncFHIRClient',
  },
  classes: {
    'fhir.Resource': { attributes: { subject: { flow: 'derived', adds: ['subjectKey'] } } },
    'fhir.Patient': { bases: ['fhir.Resource'], ...patient },
    'fhir.Search': {},
    'fhirpy.SyncFHIRClient': { roles: ['client'] },
    'fhirpy.ResourceSet': {},
    'fhirclient.client.FHIRClient': { roles: ['client'] },
  },
  calls: {
    ...Object.fromEntries(
      ['fhir.Patient', 'fhir.Resource'].flatMap(name =>
        Object.entries(validators).map(([method, parameter]) => [`${name}.${method}`, reads([parameter], name)]),
      ),
    ),
    'fhir.Resource.where': { parameters: ['struct'], result: 'fhir.Search', flow: 'none' },
    'fhir.Search.include': { returns: 'receiver' },
    ...Object.fromEntries(
      ['perform', 'perform_resources', 'perform_iter', 'perform_resources_iter'].map(name => [
        `fhir.Search.${name}`,
        reads(['server'], 'builtins.list'),
      ]),
    ),
    'fhirpy.SyncFHIRClient.resources': reads(['resource_type'], 'fhirpy.ResourceSet'),
    'fhirpy.SyncFHIRClient.reference': reads(['resource_type'], 'fhir.Patient'),
    'fhirpy.SyncFHIRClient.get': reads(['resource_type', 'id'], 'fhir.Patient'),
    'fhirpy.SyncFHIRClient.resource': { parameters: ['resource_type'], result: 'fhir.Patient', flow: 'none' },
    ...Object.fromEntries(
      ['fetch', 'fetch_all', 'fetch_raw'].map(name => [
        `fhirpy.ResourceSet.${name}`,
        { result: 'builtins.list', flow: 'same', from: ['receiver'] } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      ['first', 'get'].map(name => [
        `fhirpy.ResourceSet.${name}`,
        { result: 'fhir.Patient', flow: 'same', from: ['receiver'] } satisfies CallModel,
      ]),
    ),
    ...Object.fromEntries(
      'search limit sort elements include has revinclude clone'
        .split(' ')
        .map(name => [`fhirpy.ResourceSet.${name}`, { returns: 'receiver' } satisfies CallModel]),
    ),
    'fhirpy.ResourceSet.count': { flow: 'aggregate' },
  },
};
