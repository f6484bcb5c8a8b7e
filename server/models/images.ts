import type { CallModel, LibraryModel } from './schema';

const array = 'numpy.ndarray';
const reads = (parameter: string, result: string): CallModel => ({
  parameters: [parameter],
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'image', path: parameter }],
});
const writes = (parameters: readonly string[], value: string): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: [value], target: 'path' }],
});
const same = (result: string, from: string, parameters: readonly string[] = [from]): CallModel => ({
  parameters,
  result,
  flow: 'same',
  from: [from],
});
const picture = 'PIL.Image.Image';
const keeping = 'convert resize crop rotate transpose thumbnail copy'.split(' ');
const cvKeeping =
  'resize cvtColor GaussianBlur medianBlur flip rotate equalizeHist normalize addWeighted bitwise_and warpAffine'.split(
    ' ',
  );

/** Pictures from files: Pillow, OpenCV, scikit-image, imageio, OpenSlide. Whose they are, their paths must tell. */
export const images: LibraryModel = {
  library: 'image files',
  modules: ['PIL', 'cv2', 'skimage', 'imageio', 'openslide', 'tifffile', 'albumentations'],
  aliases: { 'imageio.v2': 'imageio', 'imageio.v3': 'imageio', 'cv2.cv2': 'cv2' },
  classes: { [picture]: {}, 'openslide.OpenSlide': {} },
  calls: {
    'PIL.Image.open': reads('fp', picture),
    'PIL.Image.fromarray': same(picture, 'obj'),
    ...Object.fromEntries(keeping.map(name => [`${picture}.${name}`, same(picture, 'receiver', [])])),
    [`${picture}.save`]: writes(['path'], 'receiver'),
    'cv2.imread': reads('filename', array),
    ...Object.fromEntries(cvKeeping.map(name => [`cv2.${name}`, same(array, 'src')])),
    'cv2.imwrite': writes(['path', 'img'], 'img'),
    'skimage.io.imread': reads('fname', array),
    'skimage.io.imsave': writes(['path', 'arr'], 'arr'),
    'skimage.transform.resize': same(array, 'image'),
    'skimage.util.img_as_ubyte': same(array, 'image'),
    'imageio.imread': reads('uri', array),
    'imageio.imwrite': writes(['path', 'im'], 'im'),
    'imageio.imsave': writes(['path', 'im'], 'im'),
    'tifffile.imread': reads('files', array),
    'openslide.OpenSlide': reads('filename', 'openslide.OpenSlide'),
    'openslide.open_slide': reads('filename', 'openslide.OpenSlide'),
    'openslide.OpenSlide.read_region': same(picture, 'receiver', []),
  },
};
