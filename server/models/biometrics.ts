import type { CallModel, LibraryModel } from './schema';

const embeds = (parameters: readonly string[], from: readonly string[] = [parameters[0]!]): CallModel => ({
  parameters,
  from,
  flow: 'derived',
  clears: ['records'],
  adds: ['embedding'],
});
/** A picture that these libraries read is one of somebody. */
const reads = (parameter: string, adds: CallModel['adds'] = []): CallModel => ({
  parameters: [parameter],
  flow: 'none',
  adds: ['records', ...(adds ?? [])],
  events: [{ kind: 'load', format: 'image', path: parameter, people: 'inferred', name: 'faces' }],
});
const finds: CallModel = { flow: 'derived', clears: ['records'] };
const recognizers = ['LBPHFaceRecognizer', 'EigenFaceRecognizer', 'FisherFaceRecognizer'];

/** Faces and voices: what these libraries compute of a picture or a recording is a key of its person. */
export const biometrics: LibraryModel = {
  library: 'face and voice recognition',
  modules: [
    'face_recognition',
    'deepface',
    'facenet_pytorch',
    'insightface',
    'keras_facenet',
    'dlib',
    'mtcnn',
    'cv2',
    'speechbrain',
    'resemblyzer',
  ],
  aliases: {
    'deepface.DeepFace.DeepFace': 'deepface.DeepFace',
    'insightface.app.face_analysis.FaceAnalysis': 'insightface.app.FaceAnalysis',
    'speechbrain.pretrained': 'speechbrain.inference',
    'speechbrain.inference.speaker.EncoderClassifier': 'speechbrain.inference.EncoderClassifier',
    'facenet_pytorch.models.inception_resnet_v1.InceptionResnetV1': 'facenet_pytorch.InceptionResnetV1',
    'cv2.cv2': 'cv2',
    ...Object.fromEntries(
      recognizers.flatMap(name => [
        [`cv2.face.${name}_create`, 'cv2.face.FaceRecognizer'],
        [`cv2.face.${name}.create`, 'cv2.face.FaceRecognizer'],
        [`cv2.face.create${name}`, 'cv2.face.FaceRecognizer'],
      ]),
    ),
  },
  classes: {
    'facenet_pytorch.InceptionResnetV1': { bases: ['torch.nn.Module'] },
    'facenet_pytorch.MTCNN': {},
    'insightface.app.FaceAnalysis': {},
    'insightface.app.common.Face': {
      attributes: {
        embedding: { flow: 'derived', adds: ['embedding'] },
        normed_embedding: { flow: 'derived', adds: ['embedding'] },
        age: { flow: 'derived', adds: ['prediction'] },
        gender: { flow: 'derived', adds: ['prediction'] },
      },
    },
    'insightface.Faces': { round: { type: 'insightface.app.common.Face' } },
    'keras_facenet.FaceNet': {},
    'dlib.face_recognition_model_v1': {},
    // Histograms or projections of the very pictures that it has seen are what it knows people by.
    'cv2.face.FaceRecognizer': { roles: ['estimator', 'keeps-rows'] },
    'cv2.dnn.Embedder': {},
    'speechbrain.inference.EncoderClassifier': {},
    'resemblyzer.VoiceEncoder': {},
  },
  calls: {
    'face_recognition.load_image_file': reads('file'),
    'face_recognition.face_locations': finds,
    'face_recognition.face_landmarks': finds,
    'face_recognition.face_encodings': embeds(['face_image', 'known_face_locations']),
    'face_recognition.compare_faces': { flow: 'derived', clears: ['embedding'], adds: ['prediction'] },
    'face_recognition.face_distance': { flow: 'derived', clears: ['embedding'], adds: ['confidence'] },
    'deepface.DeepFace.represent': reads('img_path', ['embedding']),
    'deepface.DeepFace.analyze': reads('img_path', ['prediction']),
    'deepface.DeepFace.extract_faces': reads('img_path'),
    'facenet_pytorch.InceptionResnetV1.__call__': embeds(['x']),
    'facenet_pytorch.MTCNN.__call__': { parameters: ['img'], from: ['img'], flow: 'derived' },
    'insightface.app.FaceAnalysis.get': {
      parameters: ['img'],
      from: ['img'],
      flow: 'derived',
      result: 'insightface.Faces',
    },
    'keras_facenet.FaceNet.embeddings': embeds(['images']),
    'keras_facenet.FaceNet.extract': embeds(['filepath_or_image']),
    'dlib.face_recognition_model_v1.compute_face_descriptor': embeds(['img']),
    'cv2.face.FaceRecognizer': { flow: 'none' },
    'cv2.face.FaceRecognizer.train': {
      parameters: ['src', 'labels'],
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'src' }],
    },
    'cv2.face.FaceRecognizer.update': {
      parameters: ['src', 'labels'],
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'src' }],
    },
    'cv2.face.FaceRecognizer.predict': {
      parameters: ['src'],
      from: ['src'],
      flow: 'derived',
      clears: ['records'],
      events: [{ kind: 'predict', input: 'src' }],
      results: [
        { type: '', adds: ['prediction'] },
        { type: '', adds: ['confidence'] },
      ],
    },
    ...Object.fromEntries(
      ['write', 'save'].map(name => [
        `cv2.face.FaceRecognizer.${name}`,
        {
          parameters: ['filename'],
          flow: 'none',
          events: [{ kind: 'save', format: 'opencv', value: 'receiver', target: 'filename' }],
        } satisfies CallModel,
      ]),
    ),
    // OpenFace comes as a Torch network: its output is the face as a vector.
    'cv2.dnn.readNetFromTorch': { flow: 'none', result: 'cv2.dnn.Embedder' },
    'cv2.dnn.blobFromImage': { parameters: ['image'], from: ['image'], flow: 'derived' },
    'cv2.dnn.Embedder.setInput': {
      parameters: ['blob'],
      flow: 'none',
      mutates: [{ into: 'receiver', from: ['blob'] }],
    },
    'cv2.dnn.Embedder.forward': { ...embeds([], ['receiver']), clears: ['records'] },
    'speechbrain.inference.EncoderClassifier.from_hparams': {
      flow: 'none',
      result: 'speechbrain.inference.EncoderClassifier',
    },
    'speechbrain.inference.EncoderClassifier.encode_batch': embeds(['wavs']),
    'resemblyzer.VoiceEncoder.embed_utterance': embeds(['wav']),
  },
};
