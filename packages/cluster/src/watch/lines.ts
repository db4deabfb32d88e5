import { StringDecoder } from 'node:string_decoder';

/** A line that is longer than any that makes sense. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** Splits a stream of UTF-8 into its lines, wherever its pieces are cut; what follows the last line end is dropped, as cut off. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, { limit }: { limit: number }): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [head = '', ...lines] = decoder.write(chunk).split('\n');
    parts.push(head);
    length += head.length;
    if (length > limit) throw new LineTooLong(`a line of more than ${limit} characters`);
    for (const line of lines) {
      yield parts.join('');
      parts = [line];
      length = line.length;
    }
  }
}
