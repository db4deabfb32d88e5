export { type Expectation, parseHeaderExpectation, parseStatusRange, parseTextPattern } from './expectation.ts';
export type { StageTime } from './stages.ts';
export { parsePath, parseUrlTemplate, type UrlTemplate } from './target.ts';
export { type Answered, type Subject, type WaitOptions, waitForAnswer } from './wait-for-answer.ts';
