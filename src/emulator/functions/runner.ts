export interface FunctionRunner {
  close(): Promise<void>;
}
