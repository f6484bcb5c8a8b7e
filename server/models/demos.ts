import type { CallModel, LibraryModel } from './schema';

const shows: CallModel = {
  flow: 'none',
  events: [{ kind: 'serve', framework: 'streamlit', response: 'arguments' }],
};
/** A file for whoever opens the page. */
const hands: CallModel = {
  parameters: ['label', 'data'],
  flow: 'none',
  events: [{ kind: 'serve', framework: 'streamlit', response: 'data' }],
};
const shown =
  'write metric dataframe table json bar_chart line_chart text success markdown info error warning progress toast code area_chart scatter_chart altair_chart vega_lite_chart map write_stream image plotly_chart pyplot header subheader title caption data_editor'.split(
    ' ',
  );
const offered: CallModel = {
  parameters: ['label', 'data'],
  flow: 'none',
  events: [{ kind: 'serve', framework: 'streamlit', response: 'data' }],
};
const columns = ['streamlit', 'streamlit.sidebar', 'streamlit.Container'];
const asks =
  'text_input text_area number_input slider select_slider selectbox multiselect radio checkbox toggle date_input time_input file_uploader camera_input audio_input chat_input data_editor'.split(
    ' ',
  );
const places = 'container expander empty form popover status chat_message spinner'.split(' ');
const rowsOfPlaces = ['columns', 'tabs'];
const asked: CallModel = { flow: 'none', adds: ['records'], events: [{ kind: 'load', format: 'request' }] };
const runs = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'serve', framework: 'gradio', handler: 'fn' }],
});
const events = 'click submit change upload then input'.split(' ');

/** Pages around a model: Gradio, Streamlit and Chainlit. What they show goes to whoever opens them. */
export const demos: LibraryModel = {
  library: 'model demos',
  modules: ['gradio', 'streamlit', 'chainlit'],
  classes: {
    'gradio.components.Component': {},
    'gradio.Blocks': {},
    'chainlit.Message': {},
    ...Object.fromEntries(
      [
        'Button',
        'UploadButton',
        'Textbox',
        'Image',
        'Slider',
        'Dropdown',
        'Number',
        'File',
        'Audio',
        'Dataframe',
        'Chatbot',
      ].map(name => [`gradio.${name}`, { bases: ['gradio.components.Component'] }]),
    ),
    'streamlit.Container': {},
    'streamlit.Containers': { round: { type: 'streamlit.Container' } },
  },
  calls: {
    'gradio.Interface': runs(['fn', 'inputs', 'outputs']),
    'gradio.ChatInterface': runs(['fn']),
    'gradio.on': runs(['triggers', 'fn']),
    'gradio.api': runs(['fn']),
    'gradio.Blocks.load': runs(['fn', 'inputs', 'outputs']),
    'gradio.Blocks.__enter__': { returns: 'receiver' },
    'chainlit.Message': { parameters: ['content'], flow: 'same', from: ['content'] },
    'chainlit.Message.send': {
      flow: 'none',
      events: [{ kind: 'serve', framework: 'chainlit', response: 'receiver' }],
    },
    ...Object.fromEntries(
      events.map(name => [`gradio.components.Component.${name}`, runs(['fn', 'inputs', 'outputs'])]),
    ),
    ...Object.fromEntries(columns.flatMap(place => shown.map(name => [`${place}.${name}`, shows]))),
    ...Object.fromEntries(columns.map(place => [`${place}.download_button`, hands])),
    ...Object.fromEntries(
      columns.flatMap(place => [
        ...places.map(name => [`${place}.${name}`, { result: 'streamlit.Container', flow: 'none' }] as const),
        ...rowsOfPlaces.map(name => [`${place}.${name}`, { result: 'streamlit.Containers', flow: 'none' }] as const),
      ]),
    ),
    ...Object.fromEntries(columns.map(place => [`${place}.download_button`, offered])),
    'streamlit.Container.__enter__': { returns: 'receiver' },
    ...Object.fromEntries(columns.flatMap(place => asks.map(name => [`${place}.${name}`, asked]))),
  },
};
