import { QueueUnavailable, StorageUnavailable } from '@verbatim/domain';

/** Network troubles as Node names them. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** The service answered that it can't now: too many requests, or what should be there is not there (yet). */
const serviceNames = new Set([
  'TimeoutError',
  'SlowDown',
  'RequestTimeout',
  'RequestThrottled',
  'ThrottlingException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'OverLimit',
  'ResourceNotFoundException',
  'NoSuchBucket',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
]);

/** True when trying again later can help; false for answers that mean something, and for mistakes of ours. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (serviceNames.has(error.name)) return true;
  if ('code' in error && networkCodes.has(String(error.code))) return true;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 500 || status === 429;
}

/** Does a call to S3 or DynamoDB. @throws StorageUnavailable when the service can't be reached or can't answer now */
export async function storageCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isUnavailable(error) ? new StorageUnavailable(`${what}: no answer`, { cause: error }) : error;
  }
}

/** The same for SQS. @throws QueueUnavailable */
export async function queueCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isUnavailable(error) ? new QueueUnavailable(`${what}: no answer`, { cause: error }) : error;
  }
}
