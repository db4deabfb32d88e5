/** Where text goes; a terminal also says that it is one, and its width. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}
