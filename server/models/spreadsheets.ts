import type { CallModel, LibraryModel } from './schema';

/** Cells go to a file sooner or later, as rows do that a CSV writer gets. */
const writes = (...parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  events: [{ kind: 'export', sink: 'file', values: [parameters.at(-1)!] }],
});
const sheet = { type: 'openpyxl.Worksheet', flow: 'none' } as const;

/** Workbooks that are filled row by row: openpyxl, xlwt, XlsxWriter. */
export const spreadsheets: LibraryModel = {
  library: 'spreadsheets',
  modules: ['openpyxl', 'xlwt', 'xlsxwriter'],
  aliases: {
    'openpyxl.workbook.Workbook': 'openpyxl.Workbook',
    'openpyxl.workbook.workbook.Workbook': 'openpyxl.Workbook',
  },
  classes: {
    'openpyxl.Workbook': { attributes: { active: sheet, worksheets: sheet } },
    'openpyxl.Worksheet': {},
    'xlwt.Workbook': {},
    'xlwt.Worksheet': {},
    'xlsxwriter.Workbook': {},
  },
  calls: {
    'openpyxl.Workbook': { flow: 'none' },
    'openpyxl.load_workbook': { parameters: ['filename'], result: 'openpyxl.Workbook', flow: 'none' },
    'openpyxl.Workbook.create_sheet': { result: 'openpyxl.Worksheet', flow: 'none' },
    'openpyxl.Worksheet.append': writes('iterable'),
    'openpyxl.Worksheet.cell': writes('row', 'column', 'value'),
    'xlwt.Workbook': { flow: 'none' },
    'xlwt.Workbook.add_sheet': { result: 'xlwt.Worksheet', flow: 'none' },
    'xlwt.Worksheet.write': writes('r', 'c', 'label'),
    'xlsxwriter.Workbook': { flow: 'none' },
    'xlsxwriter.Workbook.add_worksheet': { result: 'xlwt.Worksheet', flow: 'none' },
  },
};
