/** False where the tests run with generated code forbidden (`npm run test:closures`). */
export const mayGenerateCode: boolean = !process.execArgv.includes('--disallow-code-generation-from-strings')
