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

/** It can't now: too many requests, what should be there is not there (yet), or our own keys are being renewed. */
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
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
]);

/** True when trying again later can help; false for answers that mean something, and for mistakes of ours. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (serviceNames.has(error.name)) return true;
  if ('code' in error && networkCodes.has(String(error.code))) return true;
  if (error instanceof AggregateError && error.errors.some(isUnavailable)) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
  return status >= 500 || status === 429;
}

/** StorageUnavailable where trying again can help, else the error itself. */
export function asUnavailable(what: string, error: unknown): unknown {
  return isUnavailable(error) ? new StorageUnavailable(`${what}: no answer`, { cause: error }) : error;
}

/** Does a call to S3 or DynamoDB. @throws StorageUnavailable when the service can't be reached or can't answer now */
export async function storageCall<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asUnavailable(what, error);
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
